package infomax.ingest.rejected;

import infomax.events.Token;
import infomax.events.image.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as an answer shows it. Bytes that are not UTF-8 are in base64, and named so.
 *
 * @param offset its place in {@code images.rejected}
 * @param at the refused record's own time
 * @param key the original key; null if it had none or it is not UTF-8
 * @param keyBase64 the original key if it is not UTF-8
 * @param id the image it would become; null if none can have that name
 * @param reason stable code
 * @param message the offending value and what is accepted
 * @param stage the service that refused it
 * @param origin the refused record
 * @param bytes length of the original value; null if it has none
 * @param headers the original headers
 */
record LetterBody(
    long offset,
    Instant at,
    @Nullable String key,
    @Nullable String keyBase64,
    @Nullable String id,
    String reason,
    String message,
    String stage,
    Token origin,
    @Nullable Integer bytes,
    List<OriginHeader> headers) {

  /**
   * An original header.
   *
   * @param name its key
   * @param value as text; null if it has none or it is not UTF-8
   * @param valueBase64 the value if it is not UTF-8
   */
  record OriginHeader(String name, @Nullable String value, @Nullable String valueBase64) {

    static OriginHeader of(String name, byte @Nullable [] value) {
      String text = text(value);
      return new OriginHeader(name, text, text == null ? base64(value) : null);
    }
  }

  static LetterBody of(KeptLetter kept) {
    DeadLetter letter = kept.letter();
    String key = text(letter.key());
    byte @Nullable [] value = letter.value();
    return new LetterBody(
        kept.offset(),
        Instant.ofEpochMilli(kept.timestampMillis()),
        key,
        key == null ? base64(letter.key()) : null,
        kept.id().map(id -> id.value()).orElse(null),
        letter.rejection().reason().code(),
        letter.rejection().message(),
        letter.stage(),
        letter.origin(),
        value == null ? null : value.length,
        letter.originHeaders().stream()
            .map(header -> OriginHeader.of(header.key(), header.value()))
            .toList());
  }

  private static @Nullable String base64(byte @Nullable [] bytes) {
    return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
