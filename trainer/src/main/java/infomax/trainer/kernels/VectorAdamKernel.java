package infomax.trainer.kernels;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vector API form; the plain loop does what is left over at the end of a range. */
final class VectorAdamKernel implements AdamKernel {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Floats whose squares are summed in single precision before the sum goes on in double. */
  private static final int CHUNK = 1024;

  private final AdamKernel rest = new ScalarAdamKernel();

  @Override
  public double update(
      AdamBuffers buffers, List<MemorySegment> gradients, AdamStep step, int from, int to) {
    MemorySegment sum = gradients.getFirst();
    int bound = from + SPECIES.loopBound(to - from);
    for (MemorySegment part : gradients.subList(1, gradients.size())) {
      addTo(sum, part, from, bound);
    }
    double squares = 0;
    for (int chunk = from; chunk < bound; chunk += CHUNK) {
      squares += updateChunk(buffers, sum, step, chunk, Math.min(bound, chunk + CHUNK));
    }
    return squares + rest.update(buffers, gradients, step, bound, to);
  }

  @Override
  public double addUp(List<MemorySegment> gradients, int from, int to) {
    MemorySegment sum = gradients.getFirst();
    int bound = from + SPECIES.loopBound(to - from);
    for (MemorySegment part : gradients.subList(1, gradients.size())) {
      addTo(sum, part, from, bound);
    }
    double squares = 0;
    for (int chunk = from; chunk < bound; chunk += CHUNK) {
      squares += squaresOf(sum, chunk, Math.min(bound, chunk + CHUNK));
    }
    return squares + rest.addUp(gradients, bound, to);
  }

  private static float squaresOf(MemorySegment values, int from, int to) {
    FloatVector squares = FloatVector.zero(SPECIES);
    for (int i = from; i < to; i += SPECIES.length()) {
      FloatVector value = load(values, i);
      squares = value.fma(value, squares);
    }
    return LaneSum.of(squares);
  }

  @Override
  public void scale(MemorySegment values, float factor, int from, int to) {
    int bound = from + SPECIES.loopBound(to - from);
    for (int i = from; i < bound; i += SPECIES.length()) {
      store(load(values, i).mul(factor), values, i);
    }
    rest.scale(values, factor, bound, to);
  }

  @Override
  public void follow(MemorySegment follower, MemorySegment values, float share, int from, int to) {
    int bound = from + SPECIES.loopBound(to - from);
    FloatVector shares = FloatVector.broadcast(SPECIES, share);
    for (int i = from; i < bound; i += SPECIES.length()) {
      FloatVector kept = load(follower, i);
      store(load(values, i).sub(kept).fma(shares, kept), follower, i);
    }
    rest.follow(follower, values, share, bound, to);
  }

  private static void addTo(MemorySegment sum, MemorySegment part, int from, int to) {
    for (int i = from; i < to; i += SPECIES.length()) {
      store(load(sum, i).add(load(part, i)), sum, i);
    }
  }

  private static float updateChunk(
      AdamBuffers buffers, MemorySegment gradients, AdamStep step, int from, int to) {
    FloatVector squares = FloatVector.zero(SPECIES);
    FloatVector beta1 = FloatVector.broadcast(SPECIES, step.beta1());
    FloatVector beta2 = FloatVector.broadcast(SPECIES, step.beta2());
    FloatVector rootFactor = FloatVector.broadcast(SPECIES, step.rootFactor());
    FloatVector epsilon = FloatVector.broadcast(SPECIES, step.epsilon());
    for (int i = from; i < to; i += SPECIES.length()) {
      FloatVector gradient = load(gradients, i);
      squares = gradient.fma(gradient, squares);
      FloatVector first =
          load(buffers.firstMoments(), i).fma(beta1, gradient.mul(1 - step.beta1()));
      FloatVector second =
          load(buffers.secondMoments(), i).fma(beta2, gradient.mul(1 - step.beta2()).mul(gradient));
      FloatVector root = second.lanewise(VectorOperators.SQRT).fma(rootFactor, epsilon);
      FloatVector change = first.mul(step.rate()).div(root);
      store(first, buffers.firstMoments(), i);
      store(second, buffers.secondMoments(), i);
      store(load(buffers.parameters(), i).sub(change), buffers.parameters(), i);
    }
    return LaneSum.of(squares);
  }

  private static FloatVector load(MemorySegment values, int i) {
    return FloatVector.fromMemorySegment(SPECIES, values, 4L * i, nativeOrder());
  }

  private static void store(FloatVector vector, MemorySegment values, int i) {
    vector.intoMemorySegment(values, 4L * i, nativeOrder());
  }
}
