package infomax.search.rejected;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Refused bytes are described by what they begin with, never decoded. */
final class LeadingBytesTest {

  @Test
  void tellsFormatsTextAndTheRestApart() {
    assertThat(kind(0xFF, 0xD8, 0xFF, 0xE0)).isEqualTo("JPEG");
    assertThat(kind(0x89, 'P', 'N', 'G', 0, 0)).isEqualTo("PNG");
    assertThat(kind('G', 'I', 'F', '8', '9', 'a')).isEqualTo("GIF");
    assertThat(kind('B', 'M', 1, 0, 0, 0)).isEqualTo("BMP");
    assertThat(kind('R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'E', 'B', 'P')).isEqualTo("WebP");
    assertThat(kind(0, 1, 2, 3)).isEqualTo("unknown");
    assertThat(kind()).isEqualTo("empty");
  }

  @Test
  void quotesTextAndShowsOtherBytesInHexadecimal() {
    String text = "größer als nichts ".repeat(20);
    LeadingBytes described = LeadingBytes.of(text.getBytes(StandardCharsets.UTF_8));
    assertThat(described.kind()).isEqualTo("text");
    assertThat(described.excerpt()).startsWith("größer als").hasSizeLessThanOrEqualTo(96);
    assertThat(LeadingBytes.of(new byte[] {0, (byte) 0xAB}).excerpt()).isEqualTo("00 ab");
  }

  private static String kind(int... bytes) {
    byte[] value = new byte[bytes.length];
    for (int ordinal = 0; ordinal < bytes.length; ordinal++) {
      value[ordinal] = (byte) bytes[ordinal];
    }
    return LeadingBytes.of(value).kind();
  }
}
