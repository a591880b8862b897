package infomax.trainer.evaluation;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A different view of the same image: a random crop of half to all of its area scaled back to full
 * size, mirrored half the time, brightness and contrast changed by up to a quarter. A function of
 * image and seed alone.
 */
final class AugmentedView {

  private static final double AREA_MIN = 0.5;
  private static final double CHANGE_MAX = 0.25;
  private static final int CHANNELS = 3;
  private static final double MIDDLE = 127.5;

  private AugmentedView() {}

  /**
   * A view of an image.
   *
   * @param pixels 3 x side x side bytes
   * @param side height and width in pixels
   * @param seed seed of this view
   * @return 3 x side x side bytes
   */
  static byte[] of(byte[] pixels, int side, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    double window = side * Math.sqrt(AREA_MIN + (1 - AREA_MIN) * random.nextDouble());
    double left = (side - window) * random.nextDouble();
    double top = (side - window) * random.nextDouble();
    boolean mirrored = random.nextBoolean();
    double contrast = 1 + CHANGE_MAX * (2 * random.nextDouble() - 1);
    double brightness = MIDDLE * CHANGE_MAX * (2 * random.nextDouble() - 1);
    byte[] view = new byte[pixels.length];
    for (int y = 0; y < side; y++) {
      double sourceY = top + (y + 0.5) * window / side - 0.5;
      for (int x = 0; x < side; x++) {
        int column = mirrored ? side - 1 - x : x;
        double sourceX = left + (column + 0.5) * window / side - 0.5;
        for (int channel = 0; channel < CHANNELS; channel++) {
          double value = bilinear(pixels, channel * side * side, side, sourceX, sourceY);
          double changed = (value - MIDDLE) * contrast + MIDDLE + brightness;
          view[(channel * side + y) * side + x] =
              (byte) Math.round(Math.clamp(changed, 0.0, 255.0));
        }
      }
    }
    return view;
  }

  private static double bilinear(byte[] pixels, int plane, int side, double x, double y) {
    double insideX = Math.clamp(x, 0.0, side - 1.0);
    double insideY = Math.clamp(y, 0.0, side - 1.0);
    int left = (int) insideX;
    int top = (int) insideY;
    int right = Math.min(left + 1, side - 1);
    int bottom = Math.min(top + 1, side - 1);
    double shareX = insideX - left;
    double shareY = insideY - top;
    double upper =
        value(pixels, plane + top * side + left) * (1 - shareX)
            + value(pixels, plane + top * side + right) * shareX;
    double lower =
        value(pixels, plane + bottom * side + left) * (1 - shareX)
            + value(pixels, plane + bottom * side + right) * shareX;
    return upper * (1 - shareY) + lower * shareY;
  }

  private static int value(byte[] pixels, int index) {
    return pixels[index] & 0xff;
  }
}
