package infomax.imaging;

import static infomax.imaging.Pictures.encode;
import static infomax.imaging.Pictures.shapes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageFormat;
import infomax.events.image.RejectionReason;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pixel pipeline against a plain double-precision reference. */
final class EncoderPixelsTest {

  @ParameterizedTest
  @CsvSource({
    "32, 32, 32",
    "96, 96, 64",
    "256, 171, 64",
    "100, 256, 32",
    "33, 47, 64",
    "1, 1, 8",
    "5, 3, 7"
  })
  void everyPixelIsTheMeanOfTheAreaItCovers(int width, int height, int size) throws Exception {
    BufferedImage image = shapes(width, height, BufferedImage.TYPE_INT_RGB, width * 31L + height);
    byte[] pixels = EncoderPixels.of(png(image), size).bytes();
    int square = Math.min(width, height);
    int left = (width - square) / 2;
    int top = (height - square) / 2;
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          double mean = mean(image, left, top, square, size, x, y, 16 - 8 * channel);
          int value = pixels[(channel * size + y) * size + x] & 0xff;
          assertThat(Math.abs(value - mean)).isLessThan(0.51);
        }
      }
    }
  }

  @Test
  void numbersRunFromMinusAHalfToAHalf() throws Exception {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(1, 0, 0xff0000);
    image.setRGB(0, 1, 0x00ff00);
    image.setRGB(1, 1, 0x0000ff);
    EncoderPixels pixels = EncoderPixels.of(png(image), 2);
    FloatBuffer numbers = FloatBuffer.allocate(12);
    pixels.putTo(numbers);
    assertThat(numbers.array())
        .containsExactly(
            -0.5f, 0.5f, -0.5f, -0.5f, //
            -0.5f, -0.5f, 0.5f, -0.5f, //
            -0.5f, -0.5f, -0.5f, 0.5f);
    assertThat(EncoderPixels.ofBytes(2, pixels.bytes())).isEqualTo(pixels);
  }

  @Test
  void aGrayImageHasThreeEqualChannels() throws Exception {
    BufferedImage gray = shapes(32, 32, BufferedImage.TYPE_BYTE_GRAY, 5);
    byte[] pixels = EncoderPixels.of(png(gray), 32).bytes();
    for (int at = 0; at < 32 * 32; at++) {
      assertThat(pixels[at]).isEqualTo((byte) gray.getRaster().getSample(at % 32, at / 32, 0));
      assertThat(pixels[1024 + at]).isEqualTo(pixels[at]);
      assertThat(pixels[2048 + at]).isEqualTo(pixels[at]);
    }
  }

  @Test
  void onlyCanonicalImagesAreTaken() {
    BufferedImage image = shapes(64, 64, BufferedImage.TYPE_INT_RGB, 6);
    byte[] jpeg = encode(image, "jpeg");
    assertRefused(ImageFormat.JPEG, new byte[0], RejectionReason.UNSUPPORTED_FORMAT);
    assertRefused(ImageFormat.JPEG, encode(image, "gif"), RejectionReason.INVALID_RECORD);
    assertRefused(ImageFormat.PNG, jpeg, RejectionReason.INVALID_RECORD);
    assertRefused(
        ImageFormat.JPEG, Pictures.withOrientation(jpeg, 6), RejectionReason.INVALID_RECORD);
    assertRefused(
        ImageFormat.JPEG,
        encode(shapes(300, 20, BufferedImage.TYPE_INT_RGB, 7), "jpeg"),
        RejectionReason.INVALID_RECORD);
    assertRefused(
        ImageFormat.JPEG, java.util.Arrays.copyOf(jpeg, 500), RejectionReason.UNDECODABLE);
  }

  @Test
  void impossibleSizesAreRefused() {
    CanonicalImage image = png(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
    assertThatThrownBy(() -> EncoderPixels.of(image, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EncoderPixels.ofBytes(2, new byte[11]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The mean colour, from the encoder's point of view. */
  static Color colourOf(CanonicalImage image) {
    try {
      byte[] pixels = EncoderPixels.of(image, 1).bytes();
      return new Color(pixels[0] & 0xff, pixels[1] & 0xff, pixels[2] & 0xff);
    } catch (UndecodableImageException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(ImageFormat format, byte[] bytes, RejectionReason reason) {
    assertThatThrownBy(() -> EncoderPixels.of(CanonicalImage.of(format, bytes), 32))
        .isInstanceOfSatisfying(
            UndecodableImageException.class,
            refused -> assertThat(refused.rejection().reason()).isEqualTo(reason));
  }

  private static CanonicalImage png(BufferedImage image) {
    return CanonicalImage.of(ImageFormat.PNG, encode(image, "png"));
  }

  private static double mean(
      BufferedImage image, int left, int top, int square, int size, int x, int y, int shift) {
    double scale = (double) square / size;
    double sum = 0;
    for (int row = (int) (y * scale); row < Math.min(square, Math.ceil((y + 1) * scale)); row++) {
      double covered = Math.min(row + 1, (y + 1) * scale) - Math.max(row, y * scale);
      for (int column = (int) (x * scale);
          column < Math.min(square, Math.ceil((x + 1) * scale));
          column++) {
        double area =
            covered * (Math.min(column + 1, (x + 1) * scale) - Math.max(column, x * scale));
        sum += area * (image.getRGB(left + column, top + row) >> shift & 0xff);
      }
    }
    return sum / (scale * scale);
  }
}
