package infomax.ingest.intake;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a producer sent, unchecked. The arrays are shared and must not change.
 *
 * @param key the image id as UTF-8, or null for one derived from the bytes
 * @param bytes the image, or null to delete
 * @param metadata flat JSON object, or null for none
 * @param passedThrough {@code ce_*} and {@code traceparent} headers
 */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of a foreign upload; never compared
public record Upload(
    byte @Nullable [] key,
    byte @Nullable [] bytes,
    byte @Nullable [] metadata,
    Map<String, String> passedThrough) {

  /** Copies the headers. */
  public Upload {
    passedThrough = Map.copyOf(passedThrough);
  }
}
