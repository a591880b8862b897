package infomax.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageFormat;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class ImageIntakeTest {

  private final ImageIntake intake = ImageIntake.create(1);

  @Test
  void canonicalFormIsAFixedPoint() throws Exception {
    BufferedImage image = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 200; y++) {
      for (int x = 0; x < 300; x++) {
        image.setRGB(x, y, ((x % 256) << 16) | (y << 8) | ((x ^ y) & 0xff));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    CanonicalImage once = accepted(bytes.toByteArray());
    assertThat(once.format()).isEqualTo(ImageFormat.JPEG);
    assertThat(accepted(once.bytes())).isEqualTo(once);
    assertThat(EncoderPixels.of(once, 64).bytes()).hasSize(3 * 64 * 64);
  }

  private CanonicalImage accepted(byte[] uploaded) {
    ImageIntake.Outcome outcome = intake.canonicalize(uploaded);
    assertThat(outcome).isInstanceOf(Accepted.class);
    return ((Accepted) outcome).image();
  }
}
