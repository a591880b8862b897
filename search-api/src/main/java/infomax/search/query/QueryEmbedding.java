package infomax.search.query;

import infomax.encoder.Embedding;
import infomax.events.ImageId;
import infomax.events.image.Rejection;
import infomax.index.QueryVector;
import infomax.index.UnitVector;
import infomax.runtime.http.Problem;
import infomax.search.live.LiveGeneration;

/** The vectors that queries become in one generation. */
final class QueryEmbedding {

  private QueryEmbedding() {}

  /** The vector of an embedding the encoder gave for an upload. */
  static QueryVector of(Embedding embedding) {
    if (!embedding.hasDirection()) {
      throw Problem.of(422, "image_rejected", "the encoder gives no direction for this image")
          .with("reason", "not_embeddable");
    }
    return new QueryVector(UnitVector.direction(embedding.components()), embedding.norm());
  }

  /** The vector of an indexed image. */
  static QueryVector of(ImageId id, LiveGeneration live) {
    return live.index()
        .image(id)
        .map(QueryVector::of)
        .orElseThrow(
            () -> Problem.of(404, "image_not_found", "image '" + id + "' is not in the index"));
  }

  /** The vector a client brought. */
  static QueryVector of(float[] components, LiveGeneration live) {
    int expected = live.release().dimensions();
    if (components.length != expected) {
      throw invalid("vector has " + components.length + " numbers, expected " + expected);
    }
    Embedding embedding = Embedding.of(components);
    if (!embedding.hasDirection()) {
      throw invalid("vector has no direction, expected a length above 0");
    }
    return new QueryVector(UnitVector.direction(components), embedding.norm());
  }

  static Problem rejected(Rejection rejection) {
    return Problem.of(422, "image_rejected", rejection.message())
        .with("reason", rejection.reason().code());
  }

  private static Problem invalid(String detail) {
    return Problem.of(400, "invalid_value", detail).with("field", "vector");
  }
}
