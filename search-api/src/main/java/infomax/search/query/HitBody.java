package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.image.Metadata;
import infomax.index.IndexedImage;
import infomax.index.SearchAnswer.Hit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hit; members that were not asked for are absent.
 *
 * @param id the image
 * @param score how close it is; higher is closer
 * @param metadata what its producer said
 * @param digest SHA-256 of its bytes
 * @param position where its newest record lies
 * @param vector its embedding at length 1
 * @param norm length of its embedding
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SuppressWarnings("ArrayRecordComponent") // written as JSON once and never compared
record HitBody(
    ImageId id,
    double score,
    @Nullable Metadata metadata,
    @Nullable Digest digest,
    @Nullable PositionBody position,
    float @Nullable [] vector,
    @Nullable Float norm) {

  static HitBody of(Hit hit, List<Include> include) {
    IndexedImage image = hit.image();
    boolean vector = include.contains(Include.VECTOR);
    return new HitBody(
        image.id(),
        hit.score(),
        include.contains(Include.METADATA) ? image.metadata() : null,
        include.contains(Include.DIGEST) ? image.digest() : null,
        include.contains(Include.POSITION) ? PositionBody.of(image) : null,
        vector ? image.vector().components() : null,
        vector ? image.norm() : null);
  }
}
