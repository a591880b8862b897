package infomax.trainer.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A matrix off the heap, row-major floats.
 *
 * @param values the floats, starting with row 0
 * @param columns values per row
 */
public record Matrix(MemorySegment values, int columns) {

  /** Validates the extent. */
  public Matrix {
    if (columns < 1) {
      throw new IllegalArgumentException("columns " + columns + ", expected 1 or more");
    }
  }

  /** Where a row starts, in bytes. */
  long at(int row) {
    return (long) row * columns * Float.BYTES;
  }
}
