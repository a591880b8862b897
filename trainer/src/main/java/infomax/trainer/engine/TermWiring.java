package infomax.trainer.engine;

import infomax.trainer.kernels.DenseKernels;

/**
 * What both forms of a term are built from.
 *
 * @param name {@code global} or {@code local}, the prefix of its parameters
 * @param weight factor of the term in the loss
 * @param views views of each image: the left side of one meets the right side of the next, or of
 *     itself where there is one
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
    int views,
    NativeFloats left,
    NativeFloats right,
    DenseKernels kernels,
    Workers workers,
    NativeArena arena,
    ParameterBuffers buffers) {

  /** Views of images: rows of the left side, first all of the first view. */
  int pictures() {
    return left.rows();
  }

  int images() {
    return left.rows() / views;
  }

  /** The picture of the same image that a picture's left side is compared with. */
  int counterpart(int picture) {
    return (picture + images()) % pictures();
  }

  /** Rows of the right side per picture. */
  int locations() {
    return right.rows() / left.rows();
  }

  int dimensions() {
    return left.columns();
  }
}
