package infomax.trainer.kernels;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vector API forms: one vector of channels of one pixel (or pooling window) at a time. */
final class VectorNormKernels implements NormKernels {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Pixels summed in single precision before the sums go on in double precision. */
  private static final int CHUNK_PIXELS = 128;

  @Override
  public void sums(Pixels y, int from, int to, ChannelSums sums) {
    int bound = SPECIES.loopBound(y.channels());
    float[] first = new float[bound];
    float[] second = new float[bound];
    long end = y.at(to, 0, 0);
    long chunk = CHUNK_PIXELS * y.pixelBytes();
    for (long pixel = y.at(from, 0, 0); pixel < end; pixel += chunk) {
      long chunkEnd = Math.min(end, pixel + chunk);
      for (int c = 0; c < bound; c += LANES) {
        sumChunk(y.values(), pixel + 4L * c, chunkEnd, y.pixelBytes(), first, second, c);
      }
      flush(first, sums.first);
      flush(second, sums.second);
    }
    if (bound < y.channels()) {
      ScalarNormKernels.sums(y, from, to, bound, sums);
    }
  }

  private static void sumChunk(
      MemorySegment y, long start, long end, long stride, float[] first, float[] second, int c) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector squares = FloatVector.zero(SPECIES);
    for (long pixel = start; pixel < end; pixel += stride) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, y, pixel, nativeOrder());
      sum = sum.add(value);
      squares = value.fma(value, squares);
    }
    sum.intoArray(first, c);
    squares.intoArray(second, c);
  }

  @Override
  public void activate(Pixels y, int from, int to, Affine affine, Pixels out) {
    int bound = SPECIES.loopBound(y.channels());
    int window = y.side() / out.side();
    for (int image = from; image < to; image++) {
      for (int row = 0; row < out.side(); row++) {
        for (int column = 0; column < out.side(); column++) {
          long pixel = y.at(image, row * window, column * window);
          long cell = out.at(image, row, column);
          switch (window) {
            case 1 -> activateOne(y.values(), pixel, affine, out.values(), cell, bound);
            case 2 -> activateFour(y, pixel, affine, out.values(), cell, bound);
            default -> activateWindow(y, pixel, window, affine, out.values(), cell, bound);
          }
        }
      }
    }
    if (bound < y.channels()) {
      ScalarNormKernels.activate(y, from, to, bound, affine, out);
    }
  }

  private static void activateOne(
      MemorySegment y, long pixel, Affine affine, MemorySegment out, long cell, int bound) {
    for (int c = 0; c < bound; c += LANES) {
      FloatVector scale = FloatVector.fromArray(SPECIES, affine.scale(), c);
      FloatVector shift = FloatVector.fromArray(SPECIES, affine.shift(), c);
      leaky(load(y, pixel, c).fma(scale, shift))
          .intoMemorySegment(out, cell + 4L * c, nativeOrder());
    }
  }

  private static void activateFour(
      Pixels y, long pixel, Affine affine, MemorySegment out, long cell, int bound) {
    MemorySegment values = y.values();
    long right = y.pixelBytes();
    long below = right * y.side();
    for (int c = 0; c < bound; c += LANES) {
      FloatVector scale = FloatVector.fromArray(SPECIES, affine.scale(), c);
      FloatVector shift = FloatVector.fromArray(SPECIES, affine.shift(), c);
      FloatVector t0 = load(values, pixel, c).fma(scale, shift);
      FloatVector t1 = load(values, pixel + right, c).fma(scale, shift);
      FloatVector t2 = load(values, pixel + below, c).fma(scale, shift);
      FloatVector t3 = load(values, pixel + below + right, c).fma(scale, shift);
      leaky(t0.max(t1).max(t2.max(t3))).intoMemorySegment(out, cell + 4L * c, nativeOrder());
    }
  }

  private static void activateWindow(
      Pixels y, long pixel, int window, Affine affine, MemorySegment out, long cell, int bound) {
    for (int c = 0; c < bound; c += LANES) {
      FloatVector scale = FloatVector.fromArray(SPECIES, affine.scale(), c);
      FloatVector shift = FloatVector.fromArray(SPECIES, affine.shift(), c);
      FloatVector highest = load(y.values(), pixel, c).fma(scale, shift);
      for (int k = 1; k < window * window; k++) {
        long other = inWindow(y, pixel, window, k);
        highest = highest.max(load(y.values(), other, c).fma(scale, shift));
      }
      leaky(highest).intoMemorySegment(out, cell + 4L * c, nativeOrder());
    }
  }

  @Override
  public void gradientSums(
      Pixels y, int from, int to, Affine affine, Pixels outGradient, ChannelSums sums) {
    int bound = SPECIES.loopBound(y.channels());
    int window = y.side() / outGradient.side();
    float[] first = new float[bound];
    float[] second = new float[bound];
    for (int image = from; image < to; image++) {
      for (int row = 0; row < outGradient.side(); row++) {
        for (int column = 0; column < outGradient.side(); column++) {
          long pixel = y.at(image, row * window, column * window);
          long cell = outGradient.at(image, row, column);
          switch (window) {
            case 1 -> sumOne(y.values(), pixel, affine, outGradient.values(), cell, first, second);
            case 2 -> sumFour(y, pixel, affine, outGradient.values(), cell, first, second);
            default ->
                sumWindow(y, pixel, window, affine, outGradient.values(), cell, first, second);
          }
        }
        flush(first, sums.first);
        flush(second, sums.second);
      }
    }
    if (bound < y.channels()) {
      ScalarNormKernels.gradientSums(y, from, to, bound, affine, outGradient, sums);
    }
  }

  private static void sumOne(
      MemorySegment y,
      long pixel,
      Affine affine,
      MemorySegment outGradient,
      long cell,
      float[] first,
      float[] second) {
    for (int c = 0; c < first.length; c += LANES) {
      FloatVector scale = FloatVector.fromArray(SPECIES, affine.scale(), c);
      FloatVector shift = FloatVector.fromArray(SPECIES, affine.shift(), c);
      FloatVector value = load(y, pixel, c);
      FloatVector g = throughLeaky(load(outGradient, cell, c), value.fma(scale, shift));
      accumulate(g, value, first, second, c);
    }
  }

  private static void sumFour(
      Pixels y,
      long pixel,
      Affine affine,
      MemorySegment outGradient,
      long cell,
      float[] first,
      float[] second) {
    MemorySegment values = y.values();
    long right = y.pixelBytes();
    long below = right * y.side();
    for (int c = 0; c < first.length; c += LANES) {
      FloatVector scale = FloatVector.fromArray(SPECIES, affine.scale(), c);
      FloatVector shift = FloatVector.fromArray(SPECIES, affine.shift(), c);
      FloatVector y0 = load(values, pixel, c);
      FloatVector y1 = load(values, pixel + right, c);
      FloatVector y2 = load(values, pixel + below, c);
      FloatVector y3 = load(values, pixel + below + right, c);
      FloatVector t0 = y0.fma(scale, shift);
      FloatVector t1 = y1.fma(scale, shift);
      FloatVector t2 = y2.fma(scale, shift);
      FloatVector highest = t0.max(t1).max(t2.max(y3.fma(scale, shift)));
      FloatVector winner =
          y3.blend(y2, t2.compare(VectorOperators.EQ, highest))
              .blend(y1, t1.compare(VectorOperators.EQ, highest))
              .blend(y0, t0.compare(VectorOperators.EQ, highest));
      accumulate(throughLeaky(load(outGradient, cell, c), highest), winner, first, second, c);
    }
  }

  private static void sumWindow(
      Pixels y,
      long pixel,
      int window,
      Affine affine,
      MemorySegment outGradient,
      long cell,
      float[] first,
      float[] second) {
    for (int c = 0; c < first.length; c += LANES) {
      FloatVector scale = FloatVector.fromArray(SPECIES, affine.scale(), c);
      FloatVector shift = FloatVector.fromArray(SPECIES, affine.shift(), c);
      FloatVector winner = load(y.values(), pixel, c);
      FloatVector highest = winner.fma(scale, shift);
      for (int k = 1; k < window * window; k++) {
        FloatVector value = load(y.values(), inWindow(y, pixel, window, k), c);
        FloatVector t = value.fma(scale, shift);
        VectorMask<Float> higher = t.compare(VectorOperators.GT, highest);
        highest = highest.blend(t, higher);
        winner = winner.blend(value, higher);
      }
      accumulate(throughLeaky(load(outGradient, cell, c), highest), winner, first, second, c);
    }
  }

  @Override
  public void gradient(
      Pixels y, int from, int to, Affine affine, Pixels outGradient, NormGradient normGradient) {
    VectorNormGradient.gradient(y, from, to, affine, outGradient, normGradient);
  }

  static FloatVector load(MemorySegment values, long pixel, int c) {
    return FloatVector.fromMemorySegment(SPECIES, values, pixel + 4L * c, nativeOrder());
  }

  /** The gradient before a LeakyReLU whose input is t. */
  static FloatVector throughLeaky(FloatVector gradient, FloatVector t) {
    return gradient
        .mul(ScalarNormKernels.LEAKY_SLOPE)
        .blend(gradient, t.compare(VectorOperators.GT, 0f));
  }

  static long inWindow(Pixels y, long pixel, int window, int k) {
    return pixel + (k / window * (long) y.side() + k % window) * y.pixelBytes();
  }

  private static FloatVector leaky(FloatVector t) {
    return t.max(t.mul(ScalarNormKernels.LEAKY_SLOPE));
  }

  private static void accumulate(
      FloatVector g, FloatVector value, float[] first, float[] second, int c) {
    FloatVector.fromArray(SPECIES, first, c).add(g).intoArray(first, c);
    g.fma(value, FloatVector.fromArray(SPECIES, second, c)).intoArray(second, c);
  }

  private static void flush(float[] partial, double[] sums) {
    for (int c = 0; c < partial.length; c++) {
      sums[c] += partial[c];
      partial[c] = 0;
    }
  }
}
