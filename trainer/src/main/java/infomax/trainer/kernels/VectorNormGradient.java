package infomax.trainer.kernels;

import static infomax.trainer.kernels.VectorNormKernels.inWindow;
import static infomax.trainer.kernels.VectorNormKernels.load;
import static infomax.trainer.kernels.VectorNormKernels.throughLeaky;
import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The last of the {@link VectorNormKernels}: writes the gradient over the values it needs. */
final class VectorNormGradient {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorNormGradient() {}

  static void gradient(
      Pixels y, int from, int to, Affine affine, Pixels outGradient, NormGradient normGradient) {
    int bound = SPECIES.loopBound(y.channels());
    int window = y.side() / outGradient.side();
    MemorySegment g = outGradient.values();
    for (int image = from; image < to; image++) {
      for (int row = 0; row < outGradient.side(); row++) {
        for (int column = 0; column < outGradient.side(); column++) {
          long pixel = y.at(image, row * window, column * window);
          long cell = outGradient.at(image, row, column);
          switch (window) {
            case 1 -> one(y.values(), pixel, affine, g, cell, normGradient, bound);
            case 2 -> four(y, pixel, affine, g, cell, normGradient, bound);
            default -> whole(y, pixel, window, affine, g, cell, normGradient, bound);
          }
        }
      }
    }
    if (bound < y.channels()) {
      ScalarNormKernels.gradient(y, from, to, bound, affine, outGradient, normGradient);
    }
  }

  private static void one(
      MemorySegment y,
      long pixel,
      Affine affine,
      MemorySegment outGradient,
      long cell,
      NormGradient normGradient,
      int bound) {
    for (int c = 0; c < bound; c += LANES) {
      FloatVector scale = FloatVector.fromArray(SPECIES, affine.scale(), c);
      FloatVector shift = FloatVector.fromArray(SPECIES, affine.shift(), c);
      FloatVector value = load(y, pixel, c);
      FloatVector g =
          throughLeaky(load(outGradient, cell, c), value.fma(scale, shift))
              .mul(FloatVector.fromArray(SPECIES, normGradient.factor(), c));
      FloatVector slope = FloatVector.fromArray(SPECIES, normGradient.slope(), c);
      FloatVector constant = FloatVector.fromArray(SPECIES, normGradient.constant(), c);
      store(value.fma(slope, constant).add(g), y, pixel, c);
    }
  }

  private static void four(
      Pixels y,
      long pixel,
      Affine affine,
      MemorySegment outGradient,
      long cell,
      NormGradient normGradient,
      int bound) {
    MemorySegment values = y.values();
    long right = y.pixelBytes();
    long below = right * y.side();
    for (int c = 0; c < bound; c += LANES) {
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
      VectorMask<Float> is0 = t0.compare(VectorOperators.EQ, highest);
      VectorMask<Float> upTo1 = is0.or(t1.compare(VectorOperators.EQ, highest));
      VectorMask<Float> upTo2 = upTo1.or(t2.compare(VectorOperators.EQ, highest));
      FloatVector g =
          throughLeaky(load(outGradient, cell, c), highest)
              .mul(FloatVector.fromArray(SPECIES, normGradient.factor(), c));
      FloatVector slope = FloatVector.fromArray(SPECIES, normGradient.slope(), c);
      FloatVector constant = FloatVector.fromArray(SPECIES, normGradient.constant(), c);
      FloatVector r0 = y0.fma(slope, constant);
      FloatVector r1 = y1.fma(slope, constant);
      FloatVector r2 = y2.fma(slope, constant);
      FloatVector r3 = y3.fma(slope, constant);
      store(r0.blend(r0.add(g), is0), values, pixel, c);
      store(r1.blend(r1.add(g), upTo1.andNot(is0)), values, pixel + right, c);
      store(r2.blend(r2.add(g), upTo2.andNot(upTo1)), values, pixel + below, c);
      store(r3.add(g).blend(r3, upTo2), values, pixel + below + right, c);
    }
  }

  private static void whole(
      Pixels y,
      long pixel,
      int window,
      Affine affine,
      MemorySegment outGradient,
      long cell,
      NormGradient normGradient,
      int bound) {
    MemorySegment values = y.values();
    for (int c = 0; c < bound; c += LANES) {
      FloatVector scale = FloatVector.fromArray(SPECIES, affine.scale(), c);
      FloatVector shift = FloatVector.fromArray(SPECIES, affine.shift(), c);
      FloatVector highest = load(values, pixel, c).fma(scale, shift);
      FloatVector winner = FloatVector.zero(SPECIES);
      for (int k = 1; k < window * window; k++) {
        FloatVector t = load(values, inWindow(y, pixel, window, k), c).fma(scale, shift);
        VectorMask<Float> higher = t.compare(VectorOperators.GT, highest);
        highest = highest.blend(t, higher);
        winner = winner.blend(k, higher);
      }
      FloatVector g =
          throughLeaky(load(outGradient, cell, c), highest)
              .mul(FloatVector.fromArray(SPECIES, normGradient.factor(), c));
      FloatVector slope = FloatVector.fromArray(SPECIES, normGradient.slope(), c);
      FloatVector constant = FloatVector.fromArray(SPECIES, normGradient.constant(), c);
      for (int k = 0; k < window * window; k++) {
        long place = inWindow(y, pixel, window, k);
        FloatVector result = load(values, place, c).fma(slope, constant);
        VectorMask<Float> won = winner.compare(VectorOperators.EQ, k);
        store(result.blend(result.add(g), won), values, place, c);
      }
    }
  }

  private static void store(FloatVector vector, MemorySegment values, long pixel, int c) {
    vector.intoMemorySegment(values, pixel + 4L * c, nativeOrder());
  }
}
