package infomax.trainer.engine;

import infomax.trainer.kernels.DenseKernels;

/**
 * What both forms of a term are built from.
 *
 * @param name {@code global} or {@code local}, the prefix of its parameters
 * @param weight factor of the term in the loss
 * @param left z
 * @param right z, or the feature map
 * @param kernels in the form this JVM runs
 * @param workers who computes
 * @param arena owner of the buffers
 * @param buffers parameters and gradients
 */
record TermWiring(
    String name,
    double weight,
    NativeFloats left,
    NativeFloats right,
    DenseKernels kernels,
    Workers workers,
    NativeArena arena,
    ParameterBuffers buffers) {

  int images() {
    return left.rows();
  }

  /** Rows of the right side per image. */
  int locations() {
    return right.rows() / left.rows();
  }

  int dimensions() {
    return left.columns();
  }
}
