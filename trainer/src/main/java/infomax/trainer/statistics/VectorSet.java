package infomax.trainer.statistics;

import java.util.Arrays;

/** Vectors of one length, one per row, row-major in single precision. Immutable; owns its array. */
public final class VectorSet {

  private final float[] values;
  private final int count;
  private final int dimensions;

  private VectorSet(float[] values, int count, int dimensions) {
    this.values = values;
    this.count = count;
    this.dimensions = dimensions;
  }

  /**
   * Copies the values given.
   *
   * @param values {@code count * dimensions} floats, row after row
   * @throws IllegalArgumentException if their number is another
   */
  public static VectorSet of(float[] values, int count, int dimensions) {
    if (count < 0 || dimensions < 1 || (long) count * dimensions != values.length) {
      throw new IllegalArgumentException(
          "%d floats, expected %d vectors of %d".formatted(values.length, count, dimensions));
    }
    return new VectorSet(values.clone(), count, dimensions);
  }

  /** A set that {@code writer} fills, row after row, without a copy. */
  public static VectorSet filled(int count, int dimensions, RowWriter writer) {
    float[] values = new float[Math.multiplyExact(count, dimensions)];
    for (int row = 0; row < count; row++) {
      writer.write(row, values, row * dimensions);
    }
    return new VectorSet(values, count, dimensions);
  }

  /** Writes one row. */
  @FunctionalInterface
  public interface RowWriter {
    /** Writes row {@code row} to {@code target}, beginning at {@code offset}. */
    void write(int row, float[] target, int offset);
  }

  /** Number of vectors. */
  public int count() {
    return count;
  }

  /** Length of each vector. */
  public int dimensions() {
    return dimensions;
  }

  /** One value. */
  public float value(int row, int dimension) {
    return values[row * dimensions + dimension];
  }

  /** A copy of one vector. */
  public float[] row(int row) {
    return Arrays.copyOfRange(values, row * dimensions, (row + 1) * dimensions);
  }

  /** A copy of all values, row after row. */
  public float[] values() {
    return values.clone();
  }

  /** The vectors from {@code begin} to before {@code end}. */
  public VectorSet range(int begin, int end) {
    return new VectorSet(
        Arrays.copyOfRange(values, begin * dimensions, end * dimensions), end - begin, dimensions);
  }

  /** Squared length of each vector, a fresh array. */
  public double[] squaredLengths() {
    double[] lengths = new double[count];
    for (int row = 0; row < count; row++) {
      double sum = 0;
      for (int i = row * dimensions; i < (row + 1) * dimensions; i++) {
        sum += (double) values[i] * values[i];
      }
      lengths[row] = sum;
    }
    return lengths;
  }

  /** The vectors scaled to length 1; one of length 0 stays as it is. */
  public VectorSet unit() {
    double[] squared = squaredLengths();
    return filled(
        count,
        dimensions,
        (row, target, offset) -> {
          float scale = squared[row] > 0 ? (float) (1 / Math.sqrt(squared[row])) : 1;
          for (int i = 0; i < dimensions; i++) {
            target[offset + i] = values[offset + i] * scale;
          }
        });
  }

  /** True if no value is NaN or infinite. */
  public boolean isFinite() {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** The array itself, for products within this package; nobody may change it. */
  float[] shared() {
    return values;
  }
}
