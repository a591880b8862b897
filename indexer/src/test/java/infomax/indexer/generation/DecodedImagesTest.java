package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.CanonicalImage;
import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class DecodedImagesTest {

  private static final int SIZE = 8;
  private static final int BYTES = 3 * SIZE * SIZE;

  @Test
  void dropsWhatWasUsedLeastLately() throws Exception {
    DecodedImages decoded = new DecodedImages(2 * BYTES);
    CanonicalImage first = image(1);
    CanonicalImage second = image(2);
    EncoderPixels pixels = decoded.pixels(first, SIZE);
    EncoderPixels ofSecond = decoded.pixels(second, SIZE);
    assertThat(pixels).isEqualTo(EncoderPixels.of(first, SIZE)).isNotEqualTo(ofSecond);
    assertThat(decoded.pixels(first, SIZE)).isSameAs(pixels);

    decoded.pixels(image(3), SIZE);
    assertThat(decoded.pixels(first, SIZE)).isSameAs(pixels);
    assertThat(decoded.pixels(second, SIZE)).isEqualTo(ofSecond).isNotSameAs(ofSecond);
  }

  @Test
  void anotherSizeIsAnotherPicture() throws Exception {
    DecodedImages decoded = new DecodedImages(100 * BYTES);
    CanonicalImage image = image(1);
    assertThat(decoded.pixels(image, SIZE).size()).isEqualTo(SIZE);
    assertThat(decoded.pixels(image, 2 * SIZE).size()).isEqualTo(2 * SIZE);
  }

  private static CanonicalImage image(int shade) throws IOException {
    BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(3, 3, 0x404040 * shade);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", png);
    return ((Accepted) ImageIntake.create(1).canonicalize(png.toByteArray())).image();
  }
}
