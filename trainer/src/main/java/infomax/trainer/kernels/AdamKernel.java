package infomax.trainer.kernels;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** One Adam step, and what may surround it, over floats [from, to) of flat buffers. */
public interface AdamKernel {

  /**
   * Updates parameters and moments in place.
   *
   * @param gradients parts of the gradient, one per worker, added up in this order; the first is
   *     replaced by the sum
   * @return the sum of the squared gradients in the range; not finite if the training has exploded
   */
  double update(
      AdamBuffers buffers, List<MemorySegment> gradients, AdamStep step, int from, int to);

  /**
   * Adds up the gradient without a step: for a step that has to know its length first.
   *
   * @param gradients as for {@link #update}; the first is replaced by the sum
   * @return the sum of the squared gradients in the range
   */
  double addUp(List<MemorySegment> gradients, int from, int to);

  /** values *= factor. */
  void scale(MemorySegment values, float factor, int from, int to);

  /** follower += share * (values - follower). */
  void follow(MemorySegment follower, MemorySegment values, float share, int from, int to);

  /**
   * What a step changes; floats off the heap, equal lengths.
   *
   * @param parameters the trained values
   * @param firstMoments running means of the gradients
   * @param secondMoments running means of the squared gradients
   */
  record AdamBuffers(
      MemorySegment parameters, MemorySegment firstMoments, MemorySegment secondMoments) {}

  /**
   * One step's numbers: p -= rate * m / (rootFactor * sqrt(v) + epsilon).
   *
   * @param rate learning rate / (1 - beta1^t)
   * @param rootFactor 1 / sqrt(1 - beta2^t)
   * @param beta1 decay of the first moments
   * @param beta2 decay of the second moments
   * @param epsilon added to the corrected root
   */
  record AdamStep(float rate, float rootFactor, float beta1, float beta2, float epsilon) {}
}
