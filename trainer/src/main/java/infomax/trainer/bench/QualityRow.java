package infomax.trainer.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one encoder, or of what stands for one.
 *
 * @param name {@code pixels}, {@code histogram}, {@code random-weights} or a preset
 * @param dimensions length of its vectors
 * @param trainSeconds wall time of its training
 * @param imagesSeen images its training passed through the network
 * @param precisionAt1Cosine share of queries whose nearest image carries their label
 * @param precisionAt10Cosine mean share of the ten nearest images that carry the query's label
 * @param precisionAt10Euclidean the same by distance
 * @param knn accuracy of the vote of the 200 nearest, each weighted exp(cosine / 0.07)
 * @param linearProbe accuracy of softmax regression on standardised features
 * @param ownViewHitAt1 share of random views whose nearest query image is the one they show
 * @param effectiveRank participation ratio of the images' covariance
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record QualityRow(
    String name,
    int dimensions,
    double trainSeconds,
    long imagesSeen,
    double precisionAt1Cosine,
    double precisionAt10Cosine,
    double precisionAt10Euclidean,
    double knn,
    @Nullable Double linearProbe,
    double ownViewHitAt1,
    double effectiveRank) {}
