package infomax.index;

import infomax.events.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON that says whether it is what was written: a line {@code <head> <sha256>}, and the JSON,
 * whose bytes the digest is of. No single byte can be another without being noticed.
 */
public final class SealedJson {

  private static final int DIGEST_LENGTH = 64;

  private SealedJson() {}

  /**
   * Puts the line before the JSON.
   *
   * @param head what it is and in which version, such as {@code infomax-manifest 2}
   */
  public static byte[] seal(String head, byte[] json) {
    byte[] line = line(head, json);
    byte[] bytes = Arrays.copyOf(line, line.length + json.length);
    System.arraycopy(json, 0, bytes, line.length, json.length);
    return bytes;
  }

  /**
   * The JSON behind the line.
   *
   * @throws IllegalArgumentException if the bytes are not those that were written under this head
   */
  public static byte[] open(String head, byte[] bytes) {
    int start = Math.min(head.length() + 1 + DIGEST_LENGTH + 1, bytes.length);
    byte[] json = Arrays.copyOfRange(bytes, start, bytes.length);
    byte[] expected = line(head, json);
    byte[] found = Arrays.copyOf(bytes, start);
    if (!Arrays.equals(found, expected)) {
      throw new IllegalArgumentException(
          "it begins with '"
              + printable(found)
              + "', expected '"
              + printable(expected)
              + "' before these "
              + json.length
              + " bytes");
    }
    return json;
  }

  private static byte[] line(String head, byte[] json) {
    return (head + " " + Digest.of(json) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static String printable(byte[] ascii) {
    return new String(ascii, StandardCharsets.US_ASCII).strip().replaceAll("[^ -~]", "?");
  }
}
