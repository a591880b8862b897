package infomax.search.query;

import infomax.encoder.Embedding;
import infomax.events.image.CanonicalImage;
import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.imaging.UndecodableImageException;
import infomax.index.Deadline;
import infomax.index.QueryVector;
import infomax.search.live.LiveGeneration;
import infomax.search.query.StageTimes.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The uploaded images of a request in canonical form. A batch may bring thousands of them, so that
 * both decoding and embedding give up when they have to.
 */
final class Uploads {

  /** Images embedded in one run, which cannot be stopped. */
  private static final int RUN = 32;

  /** No images. */
  static final Uploads NONE = new Uploads(Map.of());

  private final Map<Query.ByImage, CanonicalImage> images;

  private Uploads(Map<Query.ByImage, CanonicalImage> images) {
    this.images = images;
  }

  /**
   * Makes the images among these queries canonical.
   *
   * @throws infomax.runtime.http.Problem 422 for one that is refused
   * @throws Deadline.OutOfTimeException if they are not all decoded in time
   */
  static Uploads of(
      Collection<Query> queries, ImageIntake intake, Deadline deadline, StageTimes times) {
    long startNanos = System.nanoTime();
    Map<Query.ByImage, CanonicalImage> images = new LinkedHashMap<>();
    for (Query query : queries) {
      for (Query.Point point : query.points()) {
        if (point instanceof Query.ByImage upload) {
          deadline.check();
          images.put(upload, canonical(upload, intake));
        }
      }
    }
    times.add(Stage.DECODE, System.nanoTime() - startNanos);
    return new Uploads(images);
  }

  /** The canonical form of an upload among them. */
  Optional<CanonicalImage> canonical(Query.ByImage upload) {
    return Optional.ofNullable(images.get(upload));
  }

  /**
   * Their vectors by the generation's encoder.
   *
   * @throws Deadline.OutOfTimeException if they are not all embedded in time
   */
  Map<Query.ByImage, QueryVector> embed(LiveGeneration live, Deadline deadline, StageTimes times) {
    if (images.isEmpty()) {
      return Map.of();
    }
    long startNanos = System.nanoTime();
    List<EncoderPixels> pixels = new ArrayList<>();
    try {
      for (CanonicalImage image : images.values()) {
        deadline.check();
        pixels.add(EncoderPixels.of(image, live.release().inputSize()));
      }
    } catch (UndecodableImageException e) {
      throw QueryEmbedding.rejected(e.rejection());
    }
    long decodedNanos = System.nanoTime();
    times.add(Stage.DECODE, decodedNanos - startNanos);
    List<Embedding> embeddings = new ArrayList<>();
    for (int from = 0; from < pixels.size(); from += RUN) {
      deadline.check();
      embeddings.addAll(
          live.encoder().embed(pixels.subList(from, Math.min(from + RUN, pixels.size()))));
    }
    times.add(Stage.EMBED, System.nanoTime() - decodedNanos);
    Map<Query.ByImage, QueryVector> vectors = new HashMap<>();
    int ordinal = 0;
    for (Query.ByImage upload : images.keySet()) {
      vectors.put(upload, QueryEmbedding.of(embeddings.get(ordinal++)));
    }
    return vectors;
  }

  private static CanonicalImage canonical(Query.ByImage upload, ImageIntake intake) {
    return switch (intake.canonicalize(upload.bytes())) {
      case ImageIntake.Outcome.Accepted accepted -> accepted.image();
      case ImageIntake.Outcome.Rejected rejected ->
          throw QueryEmbedding.rejected(rejected.rejection());
    };
  }
}
