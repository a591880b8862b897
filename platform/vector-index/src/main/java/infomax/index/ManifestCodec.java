package infomax.index;

import infomax.events.Digest;
import infomax.events.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A manifest as bytes: a line {@code infomax-manifest 2 <sha256>}, and JSON, whose bytes the digest
 * is of. No single byte can be another without being noticed. Version 1 was the JSON alone.
 */
final class ManifestCodec {

  private static final String HEAD = "infomax-manifest 2 ";
  private static final int DIGEST_LENGTH = 64;
  private static final int BODY_START = HEAD.length() + DIGEST_LENGTH + 1;

  private ManifestCodec() {}

  static byte[] write(Manifest manifest) {
    byte[] body = Json.write(manifest);
    byte[] head = head(body);
    byte[] bytes = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, bytes, head.length, body.length);
    return bytes;
  }

  /**
   * Reads a manifest.
   *
   * @throws IllegalArgumentException if the bytes are not those that were written
   */
  static Manifest read(byte[] bytes) {
    if (bytes.length > 0 && bytes[0] == '{') {
      return Json.read(bytes, Manifest.class);
    }
    byte[] body = Arrays.copyOfRange(bytes, Math.min(BODY_START, bytes.length), bytes.length);
    byte[] expected = head(body);
    byte[] found = Arrays.copyOf(bytes, Math.min(BODY_START, bytes.length));
    if (!Arrays.equals(found, expected)) {
      throw new IllegalArgumentException(
          "it begins with '"
              + printable(found)
              + "', expected '"
              + printable(expected)
              + "' before these "
              + body.length
              + " bytes");
    }
    return Json.read(body, Manifest.class);
  }

  private static byte[] head(byte[] body) {
    return (HEAD + Digest.of(body) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static String printable(byte[] ascii) {
    return new String(ascii, StandardCharsets.US_ASCII).strip().replaceAll("[^ -~]", "?");
  }
}
