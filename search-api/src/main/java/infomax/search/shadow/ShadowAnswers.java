package infomax.search.shadow;

import infomax.encoder.Embedding;
import infomax.events.ImageId;
import infomax.events.image.CanonicalImage;
import infomax.imaging.EncoderPixels;
import infomax.imaging.UndecodableImageException;
import infomax.index.Deadline;
import infomax.index.Effort;
import infomax.index.IndexedImage;
import infomax.index.Metric;
import infomax.index.QueryVector;
import infomax.index.SearchAnswer;
import infomax.index.UnitVector;
import infomax.index.VectorQuery;
import infomax.search.live.LiveGeneration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Answers recent queries from one generation, with no filter and as a search does by default. */
final class ShadowAnswers {

  /** Hits of an answer. */
  static final int DEPTH = 10;

  private final LiveGeneration generation;
  private final Deadline deadline;

  ShadowAnswers(LiveGeneration generation, Deadline deadline) {
    this.generation = generation;
    this.deadline = deadline;
  }

  /**
   * The nearest images, the nearest first.
   *
   * @return empty if this generation cannot answer: the image is not in its index, or its encoder
   *     gives it no direction
   * @throws Deadline.OutOfTimeException if the time is over
   */
  Optional<List<ImageId>> to(RecentQuery query) {
    return switch (query) {
      case RecentQuery.OfIndexed(ImageId id) ->
          generation.index().image(id).map(image -> nearest(QueryVector.of(image), Set.of(id)));
      case RecentQuery.OfImage(CanonicalImage image) ->
          vector(image).map(vector -> nearest(vector, Set.of()));
    };
  }

  private Optional<QueryVector> vector(CanonicalImage image) {
    try {
      Embedding embedding =
          generation.encoder().embed(EncoderPixels.of(image, generation.release().inputSize()));
      return embedding.hasDirection()
          ? Optional.of(
              new QueryVector(UnitVector.direction(embedding.components()), embedding.norm()))
          : Optional.empty();
    } catch (UndecodableImageException e) {
      return Optional.empty();
    }
  }

  private List<ImageId> nearest(QueryVector vector, Set<ImageId> without) {
    VectorQuery query =
        VectorQuery.nearest(vector, DEPTH, false, Metric.COSINE)
            .with(new Effort(false, Effort.defaultCandidates(DEPTH), deadline))
            .without(without);
    return generation.index().search(query).hits().stream()
        .map(SearchAnswer.Hit::image)
        .map(IndexedImage::id)
        .toList();
  }
}
