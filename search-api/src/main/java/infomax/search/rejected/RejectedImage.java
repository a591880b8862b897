package infomax.search.rejected;

import infomax.events.Token;
import infomax.events.image.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as the page shows it.
 *
 * @param offset its place in {@code images.rejected}
 * @param at when it was rejected
 * @param key the original key as text, hexadecimal if it is not UTF-8; null if it had none
 * @param reason stable code
 * @param message the offending value and what is accepted
 * @param stage the service that refused it
 * @param origin the refused record; null if the dead letter does not say
 * @param bytes length of the original value
 * @param kind what the leading bytes look like
 * @param excerpt the leading bytes: as text if they are text, else hexadecimal
 */
public record RejectedImage(
    long offset,
    Instant at,
    @Nullable String key,
    String reason,
    String message,
    String stage,
    @Nullable Token origin,
    long bytes,
    String kind,
    String excerpt) {

  private static final int KEY_CHARACTERS_MAX = 128;

  /** Describes a record of {@code images.rejected}, whatever it holds. */
  static RejectedImage of(ConsumerRecord<byte[], byte[]> consumed) {
    try {
      DeadLetter letter = DeadLetter.read(consumed);
      return of(
          consumed,
          letter.rejection().reason().code(),
          letter.rejection().message(),
          letter.stage(),
          letter.origin());
    } catch (IllegalArgumentException e) {
      return of(consumed, "unknown", String.valueOf(e.getMessage()), "unknown", null);
    }
  }

  private static RejectedImage of(
      ConsumerRecord<byte[], byte[]> consumed,
      String reason,
      String message,
      String stage,
      @Nullable Token origin) {
    byte @Nullable [] value = consumed.value();
    LeadingBytes leading = LeadingBytes.of(value == null ? new byte[0] : value);
    return new RejectedImage(
        consumed.offset(),
        Instant.ofEpochMilli(consumed.timestamp()),
        key(consumed.key()),
        reason,
        message,
        stage,
        origin,
        value == null ? 0 : value.length,
        leading.kind(),
        leading.excerpt());
  }

  private static @Nullable String key(byte @Nullable [] key) {
    if (key == null) {
      return null;
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      text = HexFormat.of().formatHex(key);
    }
    return text.length() <= KEY_CHARACTERS_MAX
        ? text
        : text.substring(0, KEY_CHARACTERS_MAX) + "...";
  }
}
