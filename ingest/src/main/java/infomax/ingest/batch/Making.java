package infomax.ingest.batch;

import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.ingest.intake.Upload;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the uploads of one body, adding what goes with every entry.
 *
 * @param metadata of entries that bring none, or null
 * @param passedThrough headers of the request that go with every entry
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Making(byte @Nullable [] metadata, Map<String, String> passedThrough) {

  /** Stands in a name for bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\ufffd';

  Entry entry(
      String name, @Nullable String id, byte @Nullable [] bytes, byte @Nullable [] ownMetadata) {
    if (id != null && bytes != null && id.indexOf(REPLACEMENT) >= 0) {
      return unnamed(name);
    }
    byte @Nullable [] key;
    try {
      key = id == null ? null : utf8(id);
    } catch (CharacterCodingException e) {
      // Half a surrogate pair, which JSON can name and UTF-8 cannot.
      return unnamed(name);
    }
    return new Entry.Whole(
        name, new Upload(key, bytes, ownMetadata == null ? metadata : ownMetadata, passedThrough));
  }

  private static byte[] utf8(String id) throws CharacterCodingException {
    ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(id));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  static boolean isUtf8(byte[] name) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Different names that are no UTF-8 would be the same id, and all but the last image lost. */
  static Entry unnamed(String name) {
    return new Entry.Broken(
        name,
        new Rejection(
            RejectionReason.INVALID_ID,
            "the name is no UTF-8 or has the character U+FFFD, expected a name in UTF-8"));
  }
}
