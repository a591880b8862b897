package infomax.trainer.statistics;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Products of vector sets, computed by ND4J's BLAS. */
public final class MatrixProduct {

  private MatrixProduct() {}

  /**
   * All dot products.
   *
   * @return {@code rows.count() * columns.count()} floats, row after row
   * @throws IllegalArgumentException if the lengths of the vectors differ
   */
  public static float[] dotProducts(VectorSet rows, VectorSet columns) {
    if (rows.dimensions() != columns.dimensions()) {
      throw new IllegalArgumentException(
          "vectors of %d and %d dimensions, expected the same length"
              .formatted(rows.dimensions(), columns.dimensions()));
    }
    NativeThreads.useCallersOnly();
    try (INDArray left = array(columns);
        INDArray right = array(rows);
        // A product comes out column-major, so the transposed one is row-major in memory.
        INDArray product = left.mmul(right.transpose())) {
      return product.ordering() == 'f'
          ? product.data().asFloat()
          : product.transpose().dup('c').data().asFloat();
    }
  }

  private static INDArray array(VectorSet set) {
    return Nd4j.createFromArray(set.shared()).reshape('c', set.count(), set.dimensions());
  }
}
