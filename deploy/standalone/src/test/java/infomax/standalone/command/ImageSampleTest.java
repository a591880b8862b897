package infomax.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.standalone.UserError;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sample holds images of every class of a folder that lies class by class. */
class ImageSampleTest {

  private static final int PER_CLASS = 40;

  @TempDir private Path folder;

  @Test
  void imagesAreDrawnFromAllOfTheFolder() throws Exception {
    for (int shade = 0; shade < 4; shade++) {
      for (int i = 0; i < PER_CLASS; i++) {
        image(shade, i);
      }
    }
    TreeSet<Integer> sides = new TreeSet<>(List.of(32, 64));

    ImageSample sample = ImageSample.read(folder, sides, 60);

    assertThat(sample.count()).isEqualTo(60);
    assertThat(sample.pixels(64)).hasSize(60);
    int[] drawn = new int[4];
    for (byte[] pixels : sample.pixels(32)) {
      drawn[Math.round((pixels[0] & 0xff) / 80f)]++;
    }
    // 15 of each are expected, with a standard deviation of 2.7.
    assertThat(drawn).satisfies(counts -> assertThat(counts).doesNotContain(0, 1, 2, 3, 4));
    assertThat(ImageSample.read(folder, sides, 60).pixels(32))
        .containsExactlyElementsOf(sample.pixels(32));
    assertThat(ImageSample.read(folder, sides, 1_000).count()).isEqualTo(4 * PER_CLASS);
  }

  @Test
  void aFolderWithoutImagesIsRefused() {
    assertThatThrownBy(() -> ImageSample.read(folder, new TreeSet<>(List.of(32)), 10))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("holds no images");
  }

  private void image(int shade, int number) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < 64; pixel++) {
      image.setRGB(pixel % 8, pixel / 8, ((shade * 80) << 16) | number);
    }
    Path file = Files.createDirectories(folder.resolve("class-" + shade)).resolve(number + ".png");
    ImageIO.write(image, "png", file.toFile());
  }
}
