package infomax.trainer.engine;

import infomax.trainer.kernels.DenseKernels;

/**
 * What both forms of a term are built from.
 *
 * @param name {@code global}, {@code local}, {@code within} or {@code earlier}, the prefix of its
 *     parameters
 * @param weight factor of the term in the loss
 * @param views views of each image: the left side of one meets the right side of the next, or of
 *     itself where there is one
 * @param left z, or the feature map
 * @param right z, the feature map, or the map before it
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

  /** Views of images, first all of the first view. */
  int pictures() {
    return workers.to(workers.count() - 1);
  }

  int images() {
    return pictures() / views;
  }

  /** Rows of the left side per picture. */
  int rowsPerPicture() {
    return left.rows() / pictures();
  }

  /** First row of the left side in a worker's share. */
  int firstRow(int worker) {
    return workers.from(worker) * rowsPerPicture();
  }

  /** Row of the left side after the last in a worker's share. */
  int lastRow(int worker) {
    return workers.to(worker) * rowsPerPicture();
  }

  /** Rows of the right side that a row of the left side meets. */
  int locations() {
    return right.rows() / left.rows();
  }
}
