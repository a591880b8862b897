package infomax.trainer.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * The plain loops, for every channel from a given one on: the fallback, and what is left over when
 * the number of channels is no multiple of a vector's length.
 */
final class ScalarNormKernels implements NormKernels {

  static final float LEAKY_SLOPE = 0.2f;

  @Override
  public void sums(Pixels y, int from, int to, ChannelSums sums) {
    sums(y, from, to, 0, sums);
  }

  @Override
  public void activate(Pixels y, int from, int to, Affine affine, Pixels out) {
    activate(y, from, to, 0, affine, out);
  }

  @Override
  public void gradientSums(
      Pixels y, int from, int to, Affine affine, Pixels outGradient, ChannelSums sums) {
    gradientSums(y, from, to, 0, affine, outGradient, sums);
  }

  @Override
  public void gradient(
      Pixels y, int from, int to, Affine affine, Pixels outGradient, NormGradient normGradient) {
    gradient(y, from, to, 0, affine, outGradient, normGradient);
  }

  static void sums(Pixels y, int from, int to, int firstChannel, ChannelSums sums) {
    long end = y.at(to, 0, 0);
    for (long pixel = y.at(from, 0, 0); pixel < end; pixel += y.pixelBytes()) {
      for (int c = firstChannel; c < y.channels(); c++) {
        float value = value(y.values(), pixel, c);
        sums.first[c] += value;
        sums.second[c] += (double) value * value;
      }
    }
  }

  static void activate(Pixels y, int from, int to, int firstChannel, Affine affine, Pixels out) {
    for (int image = from; image < to; image++) {
      for (int row = 0; row < out.side(); row++) {
        for (int column = 0; column < out.side(); column++) {
          long cell = out.at(image, row, column);
          for (int c = firstChannel; c < y.channels(); c++) {
            long winner = winner(y, out, image, row, column, c, affine);
            float t = through(affine, c, value(y.values(), winner, c));
            out.values().set(JAVA_FLOAT_UNALIGNED, cell + 4L * c, t > 0 ? t : LEAKY_SLOPE * t);
          }
        }
      }
    }
  }

  static void gradientSums(
      Pixels y,
      int from,
      int to,
      int firstChannel,
      Affine affine,
      Pixels outGradient,
      ChannelSums sums) {
    for (int image = from; image < to; image++) {
      for (int row = 0; row < outGradient.side(); row++) {
        for (int column = 0; column < outGradient.side(); column++) {
          for (int c = firstChannel; c < y.channels(); c++) {
            long winner = winner(y, outGradient, image, row, column, c, affine);
            float value = value(y.values(), winner, c);
            float g = slope(affine, c, value) * at(outGradient, image, row, column, c);
            sums.first[c] += g;
            sums.second[c] += (double) g * value;
          }
        }
      }
    }
  }

  static void gradient(
      Pixels y,
      int from,
      int to,
      int firstChannel,
      Affine affine,
      Pixels outGradient,
      NormGradient normGradient) {
    for (int image = from; image < to; image++) {
      for (int row = 0; row < outGradient.side(); row++) {
        for (int column = 0; column < outGradient.side(); column++) {
          for (int c = firstChannel; c < y.channels(); c++) {
            cellGradient(y, outGradient, image, row, column, c, affine, normGradient);
          }
        }
      }
    }
  }

  private static void cellGradient(
      Pixels y,
      Pixels outGradient,
      int image,
      int row,
      int column,
      int c,
      Affine affine,
      NormGradient normGradient) {
    int window = y.side() / outGradient.side();
    long winner = winner(y, outGradient, image, row, column, c, affine);
    float g =
        slope(affine, c, value(y.values(), winner, c)) * at(outGradient, image, row, column, c);
    for (int dy = 0; dy < window; dy++) {
      for (int dx = 0; dx < window; dx++) {
        long pixel = y.at(image, row * window + dy, column * window + dx);
        float result =
            Math.fma(
                normGradient.slope()[c], value(y.values(), pixel, c), normGradient.constant()[c]);
        if (pixel == winner) {
          result += normGradient.factor()[c] * g;
        }
        y.values().set(JAVA_FLOAT_UNALIGNED, pixel + 4L * c, result);
      }
    }
  }

  private static long winner(
      Pixels y, Pixels out, int image, int row, int column, int c, Affine affine) {
    int window = y.side() / out.side();
    long winner = y.at(image, row * window, column * window);
    float highest = through(affine, c, value(y.values(), winner, c));
    for (int k = 1; k < window * window; k++) {
      long pixel = y.at(image, row * window + k / window, column * window + k % window);
      float t = through(affine, c, value(y.values(), pixel, c));
      if (t > highest) {
        highest = t;
        winner = pixel;
      }
    }
    return winner;
  }

  private static float slope(Affine affine, int c, float value) {
    return through(affine, c, value) > 0 ? 1 : LEAKY_SLOPE;
  }

  /** Rounded once, as the vector form is: both then agree on which pixel of a window wins. */
  private static float through(Affine affine, int c, float value) {
    return Math.fma(affine.scale()[c], value, affine.shift()[c]);
  }

  private static float at(Pixels pixels, int image, int row, int column, int c) {
    return value(pixels.values(), pixels.at(image, row, column), c);
  }

  private static float value(MemorySegment values, long pixel, int c) {
    return values.get(JAVA_FLOAT_UNALIGNED, pixel + 4L * c);
  }
}
