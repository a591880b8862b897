package infomax.trainer.statistics;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Products of vector sets with one fixed set, computed by ND4J's BLAS. Holds a native copy of that
 * set until closed. Not thread-safe.
 */
public final class MatrixProduct implements AutoCloseable {

  private final int dimensions;
  private final INDArray columns;

  /** Copies the vectors that others are multiplied with. */
  public MatrixProduct(VectorSet columns) {
    NativeThreads.useCallersOnly();
    this.dimensions = columns.dimensions();
    this.columns = array(columns);
  }

  /**
   * All dot products.
   *
   * @return one float for each row and each column, row after row
   * @throws IllegalArgumentException if the lengths of the vectors differ
   */
  public float[] with(VectorSet rows) {
    if (rows.dimensions() != dimensions) {
      throw new IllegalArgumentException(
          "vectors of %d and %d dimensions, expected the same length"
              .formatted(rows.dimensions(), dimensions));
    }
    try (INDArray right = array(rows);
        // A product comes out column-major, so the transposed one is row-major in memory.
        INDArray product = columns.mmul(right.transpose())) {
      return product.ordering() == 'f'
          ? product.data().asFloat()
          : product.transpose().dup('c').data().asFloat();
    }
  }

  /** All dot products of two sets; see {@link #with}. */
  static float[] of(VectorSet rows, VectorSet columns) {
    try (MatrixProduct product = new MatrixProduct(columns)) {
      return product.with(rows);
    }
  }

  @Override
  public void close() {
    columns.close();
  }

  private static INDArray array(VectorSet set) {
    return Nd4j.createFromArray(set.shared()).reshape('c', set.count(), set.dimensions());
  }
}
