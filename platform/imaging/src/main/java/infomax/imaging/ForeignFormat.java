package infomax.imaging;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Names formats that are not accepted, so that a refusal says what was sent. Only what people send
 * in place of an accepted image; everything else has no name here.
 */
final class ForeignFormat {

  /** How far into a text an {@code <svg} element is looked for. */
  private static final int TEXT_BYTES_MAX = 1024;

  /** Major brands of ISO base media files that hold one still image. */
  private static final Set<String> HEIC = Set.of("heic", "heix", "heim", "heis", "mif1", "msf1");

  private static final Set<String> AVIF = Set.of("avif", "avis");

  private ForeignFormat() {}

  /** What people call the format that {@code bytes} begin like. */
  static Optional<String> name(byte[] bytes) {
    if (has(bytes, 0, "II*\0") || has(bytes, 0, "MM\0*")) {
      return Optional.of("TIFF");
    }
    if (has(bytes, 0, "8BPS")) {
      return Optional.of("PSD");
    }
    if (has(bytes, 4, "ftyp") && bytes.length >= 12) {
      String brand = new String(bytes, 8, 4, StandardCharsets.ISO_8859_1);
      return Optional.of(HEIC.contains(brand) ? "HEIC" : AVIF.contains(brand) ? "AVIF" : "video");
    }
    if (has(bytes, 0, "\0\0\0\fJXL ") || has(bytes, 0, "\u00ff\n")) {
      return Optional.of("JPEG XL");
    }
    if (has(bytes, 0, "\0\0\0\fjP  ")) {
      return Optional.of("JPEG 2000");
    }
    if (has(bytes, 0, "%PDF")) {
      return Optional.of("PDF");
    }
    // Such as a CloudEvent in structured mode; images come in binary mode.
    if (has(bytes, 0, "{")) {
      return Optional.of("JSON");
    }
    return text(bytes).contains("<svg") ? Optional.of("SVG") : Optional.empty();
  }

  private static String text(byte[] bytes) {
    int length = Math.min(TEXT_BYTES_MAX, bytes.length);
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static boolean has(byte[] bytes, int at, String latin) {
    byte[] expected = latin.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length >= at + expected.length
        && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
  }
}
