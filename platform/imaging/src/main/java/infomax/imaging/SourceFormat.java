package infomax.imaging;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The formats an upload may have, told by their leading bytes and by nothing else. */
enum SourceFormat {
  JPEG,
  PNG,
  WEBP,
  GIF,
  BMP;

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** The format whose signature {@code bytes} begin with. */
  static Optional<SourceFormat> of(byte[] bytes) {
    if (bytes.length > 2
        && bytes[0] == (byte) 0xff
        && bytes[1] == (byte) 0xd8
        && bytes[2] == (byte) 0xff) {
      return Optional.of(JPEG);
    }
    if (has(bytes, 0, PNG_SIGNATURE)) {
      return Optional.of(PNG);
    }
    if (has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP")) {
      return Optional.of(WEBP);
    }
    if (has(bytes, 0, "GIF87a") || has(bytes, 0, "GIF89a")) {
      return Optional.of(GIF);
    }
    return has(bytes, 0, "BM") ? Optional.of(BMP) : Optional.empty();
  }

  private static boolean has(byte[] bytes, int at, String ascii) {
    return has(bytes, at, ascii.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean has(byte[] bytes, int at, byte[] expected) {
    return bytes.length >= at + expected.length
        && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
  }
}
