package infomax.trainer.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Views differ from their image as far as the augmentation says, and no further. */
class ViewPainterTest {

  private static final int SIDE = 16;
  private static final int PIXELS = SIDE * SIDE;
  private static final Augmentation NONE = new Augmentation(1, 1, 0, 0, 0, 0);

  private final byte[] image = image();

  @Test
  void withoutAnyChangeAViewIsTheImageOrItsMirrorImage() {
    ViewPainter painter = new ViewPainter(SIDE, NONE);
    int mirrored = 0;
    for (int seed = 0; seed < 20; seed++) {
      byte[] view = paint(painter, seed);
      assertThat(view).isIn(image, mirror(image));
      mirrored += Arrays.equals(view, image) ? 0 : 1;
    }
    assertThat(mirrored).isBetween(1, 19);
  }

  @Test
  void aSmallerViewShowsTheWholeImageSmaller() {
    byte[] ramp = new byte[3 * PIXELS];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (10 * (i % PIXELS / SIDE));
    }
    int side = SIDE / 2;
    ViewPainter painter = new ViewPainter(SIDE, side, NONE);
    byte[] view = new byte[painter.viewBytes()];
    painter.paint(ramp, 0, view, 0, new Random(1));
    assertThat(view).hasSize(3 * side * side);
    for (int i = 0; i < view.length; i++) {
      // Row y of the view lies between rows 2y and 2y + 1 of the image.
      assertThat(view[i]).isEqualTo((byte) (10 * (2 * (i % (side * side) / side)) + 5));
    }
  }

  @Test
  void aGreyViewHasEqualChannelsOfTheSameLightness() {
    ViewPainter painter = new ViewPainter(SIDE, new Augmentation(1, 1, 0, 0, 0, 1));
    byte[] view = paint(painter, 1);
    for (int i = 0; i < PIXELS; i++) {
      assertThat(view[PIXELS + i]).isEqualTo(view[i]);
      assertThat(view[2 * PIXELS + i]).isEqualTo(view[i]);
    }
    double lightness = 0;
    for (int i = 0; i < PIXELS; i++) {
      lightness += 0.299 * value(image, i) + 0.587 * value(image, PIXELS + i);
      lightness += 0.114 * value(image, 2 * PIXELS + i);
    }
    assertThat(mean(view, 0)).isCloseTo(lightness / PIXELS, within(0.6));
  }

  @Test
  void contrastKeepsTheMeanAndBrightnessScalesIt() {
    byte[] grey = new byte[3 * PIXELS];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) (i % PIXELS % 2 == 0 ? 90 : 110);
    }
    ViewPainter contrast = new ViewPainter(SIDE, new Augmentation(1, 1, 0, 0.9, 0, 0));
    ViewPainter brightness = new ViewPainter(SIDE, new Augmentation(1, 1, 0.5, 0, 0, 0));
    double darkest = 255;
    double lightest = 0;
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      byte[] view = new byte[grey.length];
      contrast.paint(grey, 0, view, 0, random);
      assertThat(mean(view, 0)).isCloseTo(100, within(0.6));
      brightness.paint(grey, 0, view, 0, random);
      darkest = Math.min(darkest, mean(view, 0));
      lightest = Math.max(lightest, mean(view, 0));
    }
    assertThat(darkest).isBetween(50.0, 60.0);
    assertThat(lightest).isBetween(140.0, 150.0);
  }

  @Test
  void aCropShowsAPartEnlarged() {
    byte[] ramp = new byte[3 * PIXELS];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (10 * (i % SIDE));
    }
    ViewPainter painter = new ViewPainter(SIDE, new Augmentation(0.25, 1, 0, 0, 0, 0));
    double smallest = 150;
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      byte[] view = new byte[ramp.length];
      painter.paint(ramp, 0, view, 0, random);
      int range = Math.abs(value(view, SIDE - 1) - value(view, 0));
      assertThat(range).isBetween(65, 150);
      smallest = Math.min(smallest, range);
    }
    assertThat(smallest).isLessThan(100);
  }

  @Test
  void writesOnlyItsPlace() {
    byte[] two = new byte[2 * image.length];
    System.arraycopy(image, 0, two, image.length, image.length);
    byte[] target = new byte[3 * image.length];
    new ViewPainter(SIDE, NONE).paint(two, image.length, target, image.length, new Random(1));
    assertThat(Arrays.copyOfRange(target, image.length, 2 * image.length))
        .isIn(image, mirror(image));
    assertThat(Arrays.copyOf(target, image.length)).containsOnly(0);
    assertThat(Arrays.copyOfRange(target, 2 * image.length, target.length)).containsOnly(0);
  }

  @Test
  void rangesWithoutSenseAreRefused() {
    assertThatThrownBy(() -> new Augmentation(0, 1, 0, 0, 0, 0)).hasMessageStartingWith("area 0.0");
    assertThatThrownBy(() -> new Augmentation(1, 0.5, 0, 0, 0, 0)).hasMessageContaining("aspect");
    assertThatThrownBy(() -> new Augmentation(1, 1, 1, 0, 0, 0)).hasMessageContaining("brightness");
    assertThatThrownBy(() -> new Augmentation(1, 1, 0, 0, 0, 2)).hasMessageContaining("grey");
  }

  private byte[] paint(ViewPainter painter, long seed) {
    byte[] view = new byte[painter.viewBytes()];
    painter.paint(image, 0, view, 0, new Random(seed));
    return view;
  }

  private static byte[] image() {
    byte[] image = new byte[3 * PIXELS];
    new Random(5).nextBytes(image);
    return image;
  }

  private static byte[] mirror(byte[] image) {
    byte[] mirrored = new byte[image.length];
    for (int i = 0; i < image.length; i++) {
      mirrored[i] = image[i / SIDE * SIDE + SIDE - 1 - i % SIDE];
    }
    return mirrored;
  }

  private static double mean(byte[] image, int channel) {
    double sum = 0;
    for (int i = 0; i < PIXELS; i++) {
      sum += value(image, channel * PIXELS + i);
    }
    return sum / PIXELS;
  }

  private static int value(byte[] image, int at) {
    return image[at] & 0xff;
  }
}
