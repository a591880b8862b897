package infomax.standalone.demo.image;

import java.util.SplittableRandom;

/**
 * A colour that wanders over the image: for each channel a sum of a few plane waves with periods of
 * 40 to 100 pixels, around a level given at each point.
 */
final class ColourField {

  private static final int CHANNELS = 3;
  private static final int WAVES = 2;

  private final double[][] waves;

  private ColourField(double[][] waves) {
    this.waves = waves;
  }

  /** A random field whose channels deviate from the level by at most {@code depth}. */
  static ColourField random(SplittableRandom random, double depth) {
    double[][] waves = new double[CHANNELS * WAVES][];
    for (int wave = 0; wave < waves.length; wave++) {
      double angle = random.nextDouble(2 * Math.PI);
      double frequency = 2 * Math.PI / random.nextDouble(40, 100);
      waves[wave] =
          new double[] {
            depth / WAVES,
            frequency * Math.cos(angle),
            frequency * Math.sin(angle),
            random.nextDouble(2 * Math.PI)
          };
    }
    return new ColourField(waves);
  }

  /** The colour at a point, as 0xRRGGBB. */
  int rgb(double level, int x, int y) {
    int rgb = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      double value = level;
      for (int wave = channel * WAVES; wave < (channel + 1) * WAVES; wave++) {
        double[] plane = waves[wave];
        value += plane[0] * cosine(plane[1] * x + plane[2] * y + plane[3]);
      }
      rgb = rgb << 8 | (int) Math.round(255 * Math.clamp(value, 0, 1));
    }
    return rgb;
  }

  /**
   * A parabola through the zeros and peaks of the cosine: six per pixel, so the real one is slow.
   */
  private static double cosine(double angle) {
    double turns = angle / (2 * Math.PI) + 0.25;
    double phase = turns - Math.floor(turns);
    return phase < 0.5 ? 16 * phase * (0.5 - phase) : -16 * (phase - 0.5) * (1 - phase);
  }
}
