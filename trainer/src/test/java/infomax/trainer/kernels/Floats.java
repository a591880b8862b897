package infomax.trainer.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Random and plain floats off the heap. */
final class Floats {

  private Floats() {}

  static MemorySegment random(int count, long seed) {
    float[] values = new float[count];
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return of(values);
  }

  static MemorySegment of(float[] values) {
    MemorySegment segment = Arena.ofAuto().allocate(4L * values.length, 64);
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
    return segment;
  }

  static MemorySegment copy(MemorySegment segment) {
    return of(array(segment));
  }

  static float[] array(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_FLOAT);
  }

  static Matrix matrix(int rows, int columns, long seed) {
    return new Matrix(random(rows * columns, seed), columns);
  }

  static float at(Matrix matrix, int row, int column) {
    return matrix
        .values()
        .getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * matrix.columns() + column);
  }
}
