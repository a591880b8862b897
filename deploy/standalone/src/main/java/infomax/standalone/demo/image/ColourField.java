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
      double turnsPerPixel = 1 / random.nextDouble(40, 100);
      waves[wave] =
          new double[] {
            depth / WAVES,
            turnsPerPixel * Math.cos(angle),
            turnsPerPixel * Math.sin(angle),
            random.nextDouble()
          };
    }
    return new ColourField(waves);
  }

  /** Writes blue, green and red of a point from {@code at} on. */
  void put(double level, int x, int y, byte[] bgr, int at) {
    for (int channel = 0; channel < CHANNELS; channel++) {
      double value = level;
      for (int wave = channel * WAVES; wave < (channel + 1) * WAVES; wave++) {
        double[] plane = waves[wave];
        value += plane[0] * wave(plane[1] * x + plane[2] * y + plane[3]);
      }
      bgr[at + CHANNELS - 1 - channel] = (byte) Math.clamp((int) (255 * value + 0.5), 0, 255);
    }
  }

  /**
   * A sine of so many turns, by the parabolas through its zeros and peaks: six per pixel, so the
   * real one is slow.
   */
  private static double wave(double turns) {
    double phase = turns - Math.floor(turns) - 0.5;
    return -16 * phase * (0.5 - Math.abs(phase));
  }
}
