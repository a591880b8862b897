package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.image.Metadata;
import infomax.index.IndexedImage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An indexed image.
 *
 * @param id the image
 * @param digest SHA-256 of its canonical bytes
 * @param contentType their media type
 * @param metadata what its producer said
 * @param position where its newest record lies
 * @param timestamp that record's timestamp
 * @param norm length of its embedding
 * @param vector its embedding at length 1; absent unless asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SuppressWarnings("ArrayRecordComponent") // written as JSON once and never compared
record ImageBody(
    ImageId id,
    Digest digest,
    String contentType,
    Metadata metadata,
    PositionBody position,
    Instant timestamp,
    float norm,
    float @Nullable [] vector) {

  static ImageBody of(IndexedImage image) {
    return of(image, null);
  }

  static ImageBody withVector(IndexedImage image) {
    return of(image, image.vector().components());
  }

  private static ImageBody of(IndexedImage image, float @Nullable [] vector) {
    return new ImageBody(
        image.id(),
        image.digest(),
        image.format().mediaType(),
        image.metadata(),
        PositionBody.of(image),
        image.timestamp(),
        image.norm(),
        vector);
  }
}
