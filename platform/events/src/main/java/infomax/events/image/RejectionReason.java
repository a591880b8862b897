package infomax.events.image;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why an upload or a record was refused. The code is stable: metrics and clients rely on it. */
public enum RejectionReason {
  /** No bytes at all. */
  EMPTY,
  /** More bytes than accepted. */
  TOO_MANY_BYTES,
  /** The header claims more pixels than accepted. */
  TOO_MANY_PIXELS,
  /** One side is so much longer than the other that nothing would be left of the shorter one. */
  EXTREME_ASPECT,
  /** The leading bytes name no accepted format. */
  UNSUPPORTED_FORMAT,
  /** An accepted format whose content cannot be decoded. */
  UNDECODABLE,
  /** Decoding took longer than allowed. */
  DECODE_TIMEOUT,
  /** The image id is missing where needed, too long or not UTF-8. */
  INVALID_ID,
  /** The metadata is not a flat, typed JSON object within the limits. */
  INVALID_METADATA,
  /** A record in {@code images} that does not have the agreed form. */
  INVALID_RECORD,
  /** The encoder gave no finite vector for it. */
  NOT_EMBEDDABLE;

  /** The stable code, such as {@code too_many_pixels}. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The reason of a code.
   *
   * @throws IllegalArgumentException if no reason has it
   */
  public static RejectionReason ofCode(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
