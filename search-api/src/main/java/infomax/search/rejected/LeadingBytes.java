package infomax.search.rejected;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What the first bytes of a refused value look like, without decoding them.
 *
 * @param kind {@code empty}, {@code JPEG}, {@code PNG}, {@code GIF}, {@code WebP}, {@code BMP},
 *     {@code text} or {@code unknown}
 * @param excerpt at most 96 characters of text, or 16 bytes in hexadecimal digits
 */
record LeadingBytes(String kind, String excerpt) {

  private static final int TEXT_MAX = 96;
  private static final int HEX_BYTES_MAX = 16;

  static LeadingBytes of(byte[] value) {
    if (value.length == 0) {
      return new LeadingBytes("empty", "");
    }
    String kind = kind(value);
    return new LeadingBytes(kind, kind.equals("text") ? text(value) : hex(value));
  }

  private static String kind(byte[] value) {
    if (starts(value, 0, 0xFF, 0xD8, 0xFF)) {
      return "JPEG";
    }
    if (starts(value, 0, 0x89, 'P', 'N', 'G')) {
      return "PNG";
    }
    if (starts(value, 0, 'G', 'I', 'F', '8')) {
      return "GIF";
    }
    if (starts(value, 0, 'R', 'I', 'F', 'F') && starts(value, 8, 'W', 'E', 'B', 'P')) {
      return "WebP";
    }
    if (isText(value)) {
      return "text";
    }
    return starts(value, 0, 'B', 'M') ? "BMP" : "unknown";
  }

  private static boolean starts(byte[] value, int offset, int... expected) {
    for (int ordinal = 0; ordinal < expected.length; ordinal++) {
      if (offset + ordinal >= value.length
          || (value[offset + ordinal] & 0xFF) != expected[ordinal]) {
        return false;
      }
    }
    return true;
  }

  /** Text is what has no control bytes among its first ones; a split UTF-8 sequence may end it. */
  private static boolean isText(byte[] value) {
    for (byte each : head(value, TEXT_MAX)) {
      if (each >= 0 && each < 0x20 && each != '\n' && each != '\r' && each != '\t') {
        return false;
      }
    }
    return new String(head(value, TEXT_MAX), StandardCharsets.UTF_8)
        .chars()
        .limit(TEXT_MAX / 4)
        .noneMatch(character -> character == 0xFFFD);
  }

  private static String text(byte[] value) {
    return new String(head(value, TEXT_MAX), StandardCharsets.UTF_8).strip();
  }

  private static String hex(byte[] value) {
    return HexFormat.ofDelimiter(" ").formatHex(head(value, HEX_BYTES_MAX));
  }

  private static byte[] head(byte[] value, int length) {
    return Arrays.copyOf(value, Math.min(length, value.length));
  }
}
