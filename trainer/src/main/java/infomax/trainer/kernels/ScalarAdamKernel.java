package infomax.trainer.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** The plain loop. */
final class ScalarAdamKernel implements AdamKernel {

  @Override
  public double update(
      AdamBuffers buffers, List<MemorySegment> gradients, AdamStep step, int from, int to) {
    double squares = 0;
    for (int i = from; i < to; i++) {
      long at = 4L * i;
      float gradient = addUpOne(gradients, at);
      squares += (double) gradient * gradient;
      updateOne(buffers, gradient, step, at);
    }
    return squares;
  }

  @Override
  public double addUp(List<MemorySegment> gradients, int from, int to) {
    double squares = 0;
    for (int i = from; i < to; i++) {
      float gradient = addUpOne(gradients, 4L * i);
      squares += (double) gradient * gradient;
    }
    return squares;
  }

  @Override
  public void scale(MemorySegment values, float factor, int from, int to) {
    for (int i = from; i < to; i++) {
      long at = 4L * i;
      values.set(JAVA_FLOAT_UNALIGNED, at, factor * values.get(JAVA_FLOAT_UNALIGNED, at));
    }
  }

  @Override
  public void follow(MemorySegment follower, MemorySegment values, float share, int from, int to) {
    for (int i = from; i < to; i++) {
      long at = 4L * i;
      float kept = follower.get(JAVA_FLOAT_UNALIGNED, at);
      float distance = values.get(JAVA_FLOAT_UNALIGNED, at) - kept;
      follower.set(JAVA_FLOAT_UNALIGNED, at, Math.fma(share, distance, kept));
    }
  }

  private static float addUpOne(List<MemorySegment> gradients, long at) {
    float gradient = 0;
    for (MemorySegment part : gradients) {
      gradient += part.get(JAVA_FLOAT_UNALIGNED, at);
    }
    gradients.getFirst().set(JAVA_FLOAT_UNALIGNED, at, gradient);
    return gradient;
  }

  private static void updateOne(AdamBuffers buffers, float gradient, AdamStep step, long at) {
    float first =
        Math.fma(
            step.beta1(),
            buffers.firstMoments().get(JAVA_FLOAT_UNALIGNED, at),
            (1 - step.beta1()) * gradient);
    float second =
        Math.fma(
            step.beta2(),
            buffers.secondMoments().get(JAVA_FLOAT_UNALIGNED, at),
            (1 - step.beta2()) * gradient * gradient);
    float root = Math.fma((float) Math.sqrt(second), step.rootFactor(), step.epsilon());
    float parameter = buffers.parameters().get(JAVA_FLOAT_UNALIGNED, at);
    buffers.firstMoments().set(JAVA_FLOAT_UNALIGNED, at, first);
    buffers.secondMoments().set(JAVA_FLOAT_UNALIGNED, at, second);
    buffers.parameters().set(JAVA_FLOAT_UNALIGNED, at, parameter - step.rate() * first / root);
  }
}
