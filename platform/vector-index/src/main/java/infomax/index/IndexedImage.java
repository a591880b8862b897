package infomax.index;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import java.time.Instant;

/**
 * An image as the index holds it.
 *
 * @param id the image
 * @param digest SHA-256 of the canonical image
 * @param format its format
 * @param partition partition of {@code images} its newest record lies in
 * @param offset offset of that record
 * @param timestamp that record's timestamp, for freshness only
 * @param metadata what the producer said about it
 * @param vector direction of its embedding
 * @param norm length of its embedding, above 0
 */
public record IndexedImage(
    ImageId id,
    Digest digest,
    ImageFormat format,
    int partition,
    long offset,
    Instant timestamp,
    Metadata metadata,
    UnitVector vector,
    float norm) {

  /** Checks the ranges. */
  public IndexedImage {
    if (partition < 0 || offset < 0 || !(norm > 0) || Float.isInfinite(norm)) {
      throw new IllegalArgumentException(
          "image "
              + id
              + " at partition "
              + partition
              + ", offset "
              + offset
              + " with norm "
              + norm
              + ": expected partition and offset >= 0 and a finite norm > 0");
    }
  }
}
