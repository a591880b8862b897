package infomax.trainer.engine;

import infomax.trainer.kernels.Matrix;
import infomax.trainer.kernels.Pixels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Zero-filled row-major floats off the heap, seen both as an ND4J array and as a memory segment.
 * Owned by the {@link NativeArena} that created them; using them after it closed crashes the JVM.
 */
final class NativeFloats {

  private final INDArray flat;
  private final MemorySegment segment;
  private final int rows;
  private final int columns;

  private NativeFloats(INDArray flat, MemorySegment segment, int rows, int columns) {
    this.flat = flat;
    this.segment = segment;
    this.rows = rows;
    this.columns = columns;
  }

  static NativeFloats create(int rows, int columns) {
    INDArray flat = Nd4j.create(DataType.FLOAT, (long) rows * columns);
    return new NativeFloats(flat, segmentOf(flat), rows, columns);
  }

  @SuppressWarnings("restricted") // the segment's size is the size ND4J just allocated
  private static MemorySegment segmentOf(INDArray array) {
    return MemorySegment.ofAddress(array.data().address())
        .reinterpret(array.length() * Float.BYTES);
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  MemorySegment segment() {
    return segment;
  }

  /** The same memory with other extents; freed with this. */
  NativeFloats reshaped(int newRows, int newColumns) {
    if ((long) newRows * newColumns != (long) rows * columns) {
      throw new IllegalArgumentException(
          "%d x %d floats, expected as many as %d x %d"
              .formatted(newRows, newColumns, rows, columns));
    }
    return new NativeFloats(flat, segment, newRows, newColumns);
  }

  /** All rows as a matrix for the kernels. */
  Matrix matrix() {
    return new Matrix(segment, columns);
  }

  /** The floats as feature maps; there must be as many columns as channels. */
  Pixels pixels(int side) {
    return new Pixels(segment, side, columns);
  }

  /** The rows from one on. */
  MemorySegment from(int row) {
    return segment.asSlice((long) row * columns * Float.BYTES);
  }

  /** Rows [from, to) as an ND4J matrix. */
  INDArray matrix(int from, int to) {
    return view((long) from * columns, to - from, columns);
  }

  /** Floats from an offset on as an ND4J array of that shape, sharing this memory. */
  INDArray view(long offset, long... shape) {
    long length = 1;
    for (long extent : shape) {
      length *= extent;
    }
    return flat.get(NDArrayIndex.interval(offset, offset + length)).reshape('c', shape);
  }

  /** One of the rows as a matrix for the kernels. */
  Matrix row(int row) {
    return row(row * columns, columns);
  }

  /** Floats from an offset on as a matrix of one row for the kernels. */
  Matrix row(int offset, int length) {
    return new Matrix(
        segment.asSlice((long) offset * Float.BYTES, (long) length * Float.BYTES), length);
  }

  float get(int index) {
    return segment.get(ValueLayout.JAVA_FLOAT, (long) index * Float.BYTES);
  }

  void set(int index, float value) {
    segment.set(ValueLayout.JAVA_FLOAT, (long) index * Float.BYTES, value);
  }

  void copyFrom(float[] values) {
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
  }

  float[] toArray() {
    return segment.toArray(ValueLayout.JAVA_FLOAT);
  }

  void free() {
    flat.close();
  }
}
