package infomax.trainer.kernels;

import java.util.Arrays;

/**
 * For each Winograd component a matrix (row, column) in panels of columns, each panel's rows one
 * after the other: as a product reads its right side.
 *
 * @param values the floats
 * @param rows rows of each matrix
 * @param columns columns of each matrix, whole panels
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Filters(float[] values, int rows, int columns) {

  /** Columns of a panel: two vectors. */
  static final int PANEL = 2 * Lanes.COUNT;

  /** Floats that the matrices need. */
  static int floats(int rows, int columns) {
    return WinogradTransforms.COMPONENTS * CacheLines.oddFloats(rows * columns);
  }

  int componentFloats() {
    return CacheLines.oddFloats(rows * columns);
  }

  /** Sets every value to zero. */
  void clear() {
    Arrays.fill(values, 0, floats(rows, columns), 0f);
  }

  /** Where a value lies. */
  int at(int component, int row, int column) {
    int panel = column / PANEL;
    int offset = (panel * rows + row) * PANEL + column % PANEL;
    return component * componentFloats() + offset;
  }
}
