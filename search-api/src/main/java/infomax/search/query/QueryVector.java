package infomax.search.query;

import infomax.encoder.Embedding;
import infomax.events.ImageId;
import infomax.events.image.CanonicalImage;
import infomax.events.image.Rejection;
import infomax.imaging.EncoderPixels;
import infomax.imaging.UndecodableImageException;
import infomax.index.IndexedImage;
import infomax.index.UnitVector;
import infomax.runtime.http.Problem;
import infomax.search.live.LiveGeneration;

/**
 * A query as the index wants it.
 *
 * @param direction the embedding at length 1
 * @param norm the embedding's length
 */
record QueryVector(UnitVector direction, double norm) {

  /** The vector of an image, by the generation's encoder. */
  static QueryVector of(CanonicalImage image, LiveGeneration live) {
    try {
      Embedding embedding =
          live.encoder().embed(EncoderPixels.of(image, live.release().inputSize()));
      if (!embedding.hasDirection()) {
        throw Problem.of(422, "image_rejected", "the encoder gives no direction for this image")
            .with("reason", "not_embeddable");
      }
      return new QueryVector(UnitVector.direction(embedding.components()), embedding.norm());
    } catch (UndecodableImageException e) {
      throw rejected(e.rejection());
    }
  }

  /** The vector of an indexed image. */
  static QueryVector of(ImageId id, LiveGeneration live) {
    IndexedImage image =
        live.index()
            .image(id)
            .orElseThrow(
                () -> Problem.of(404, "image_not_found", "image '" + id + "' is not in the index"));
    return of(image);
  }

  static QueryVector of(IndexedImage image) {
    return new QueryVector(image.vector(), image.norm());
  }

  /** The vector a client brought. */
  static QueryVector of(float[] components, LiveGeneration live) {
    int expected = live.release().dimensions();
    if (components.length != expected) {
      throw Problem.of(
          400,
          "invalid_value",
          "vector has " + components.length + " numbers, expected " + expected);
    }
    Embedding embedding = Embedding.of(components);
    if (!embedding.hasDirection()) {
      throw Problem.of(400, "invalid_value", "vector has no direction, expected a length above 0");
    }
    return new QueryVector(UnitVector.direction(components), embedding.norm());
  }

  static Problem rejected(Rejection rejection) {
    return Problem.of(422, "image_rejected", rejection.message())
        .with("reason", rejection.reason().code());
  }
}
