package infomax.trainer.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

/**
 * The plain loops, for every column from a given one on: the fallback, and what is left over when
 * the number of columns is no multiple of a vector's length.
 */
final class ScalarDenseKernels implements DenseKernels {

  /** Keeps a row of zeros at zero. */
  static final double LENGTH_MIN = 1e-12;

  @Override
  public void addBias(Matrix values, int from, int to, Matrix bias) {
    for (int row = from; row < to; row++) {
      addBiasRow(values, row, bias, 0);
    }
  }

  @Override
  public void addBiasRelu(Matrix values, int from, int to, Matrix bias) {
    for (int row = from; row < to; row++) {
      addBiasReluRow(values, row, bias, 0);
    }
  }

  @Override
  public void pairRelu(
      Matrix left,
      int leftRow,
      Matrix right,
      int rightRow,
      int rows,
      Matrix bias,
      Matrix out,
      int outRow) {
    for (int i = 0; i < rows; i++) {
      pairReluRow(left, leftRow, right, rightRow + i, bias, out, outRow + i, 0);
    }
  }

  @Override
  public void reluGradient(Matrix gradient, Matrix activation, int from, int to) {
    for (int row = from; row < to; row++) {
      reluGradientRow(gradient, activation, row, 0);
    }
  }

  @Override
  public void columnSums(Matrix values, int from, int to, Matrix sums) {
    sumRange(values, from, to, sums, 0, 0);
  }

  @Override
  public void sumRows(Matrix values, int from, int to, Matrix out, int outRow) {
    sumRange(values, from, to, out, outRow, 0);
  }

  @Override
  public void add(
      Matrix first, int firstRow, Matrix second, int secondRow, int rows, Matrix out, int outRow) {
    for (int i = 0; i < rows; i++) {
      addRow(first, firstRow + i, second, secondRow + i, out, outRow + i, 0);
    }
  }

  @Override
  public void dot(Matrix values, int from, int to, Matrix weights, float[] scores) {
    for (int row = from; row < to; row++) {
      scores[row] = (float) dotRow(values, row, weights, 0, 0);
    }
  }

  @Override
  public void weightedSum(Matrix values, int from, int to, float[] gradients, Matrix sums) {
    for (int row = from; row < to; row++) {
      weightedAdd(values, row, gradients[row], sums, 0);
    }
  }

  @Override
  public void combine(
      Matrix first,
      int firstRow,
      float[] firstFactors,
      Matrix second,
      int secondRow,
      float[] secondFactors,
      int from,
      int to,
      Matrix out) {
    for (int row = from; row < to; row++) {
      combineRow(
          first, firstRow, firstFactors[row], second, secondRow, secondFactors[row], out, row, 0);
    }
  }

  @Override
  public void dotReluGradient(Matrix values, int from, int to, float[] gradients, Matrix weights) {
    for (int row = from; row < to; row++) {
      dotReluGradientRow(values, row, gradients[row], weights, 0);
    }
  }

  @Override
  public void normalise(Matrix values, int from, int to, float[] factors) {
    for (int row = from; row < to; row++) {
      factors[row] = factor(dotRow(values, row, values, row, 0));
      scale(values, row, factors[row], 0);
    }
  }

  @Override
  public void normaliseGradient(Matrix gradient, Matrix unit, int from, int to, float[] factors) {
    for (int row = from; row < to; row++) {
      float along = (float) dotRow(gradient, row, unit, row, 0);
      normaliseGradientRow(gradient, unit, row, along, factors[row], 0);
    }
  }

  static float factor(double squaredLength) {
    return (float) (1 / Math.max(LENGTH_MIN, Math.sqrt(squaredLength)));
  }

  static void addBiasRow(Matrix values, int row, Matrix bias, int first) {
    for (int c = first; c < values.columns(); c++) {
      set(values, row, c, get(values, row, c) + get(bias, 0, c));
    }
  }

  static void addBiasReluRow(Matrix values, int row, Matrix bias, int first) {
    for (int c = first; c < values.columns(); c++) {
      set(values, row, c, Math.max(0, get(values, row, c) + get(bias, 0, c)));
    }
  }

  static void pairReluRow(
      Matrix left,
      int leftRow,
      Matrix right,
      int rightRow,
      Matrix bias,
      Matrix out,
      int outRow,
      int first) {
    for (int c = first; c < out.columns(); c++) {
      float sum = get(left, leftRow, c) + get(right, rightRow, c) + get(bias, 0, c);
      set(out, outRow, c, Math.max(0, sum));
    }
  }

  static void reluGradientRow(Matrix gradient, Matrix activation, int row, int first) {
    for (int c = first; c < gradient.columns(); c++) {
      if (!(get(activation, row, c) > 0)) {
        set(gradient, row, c, 0);
      }
    }
  }

  static void sumRange(Matrix values, int from, int to, Matrix out, int outRow, int first) {
    for (int c = first; c < values.columns(); c++) {
      double sum = 0;
      for (int row = from; row < to; row++) {
        sum += get(values, row, c);
      }
      set(out, outRow, c, (float) sum);
    }
  }

  static void addRow(
      Matrix first, int firstRow, Matrix second, int secondRow, Matrix out, int outRow, int start) {
    for (int c = start; c < out.columns(); c++) {
      set(out, outRow, c, get(first, firstRow, c) + get(second, secondRow, c));
    }
  }

  static double dotRow(Matrix left, int leftRow, Matrix right, int rightRow, int first) {
    double sum = 0;
    for (int c = first; c < left.columns(); c++) {
      sum += (double) get(left, leftRow, c) * get(right, rightRow, c);
    }
    return sum;
  }

  static void weightedAdd(Matrix values, int row, float weight, Matrix sums, int first) {
    for (int c = first; c < values.columns(); c++) {
      set(sums, 0, c, Math.fma(weight, get(values, row, c), get(sums, 0, c)));
    }
  }

  static void combineRow(
      Matrix first,
      int firstRow,
      float firstFactor,
      Matrix second,
      int secondRow,
      float secondFactor,
      Matrix out,
      int outRow,
      int start) {
    for (int c = start; c < out.columns(); c++) {
      float ofFirst = firstFactor * get(first, firstRow, c);
      set(out, outRow, c, Math.fma(secondFactor, get(second, secondRow, c), ofFirst));
    }
  }

  static void dotReluGradientRow(
      Matrix values, int row, float gradient, Matrix weights, int first) {
    for (int c = first; c < values.columns(); c++) {
      set(values, row, c, get(values, row, c) > 0 ? gradient * get(weights, 0, c) : 0);
    }
  }

  static void scale(Matrix values, int row, float factor, int first) {
    for (int c = first; c < values.columns(); c++) {
      set(values, row, c, factor * get(values, row, c));
    }
  }

  static void normaliseGradientRow(
      Matrix gradient, Matrix unit, int row, float along, float factor, int first) {
    for (int c = first; c < gradient.columns(); c++) {
      float across = get(gradient, row, c) - along * get(unit, row, c);
      set(gradient, row, c, factor * across);
    }
  }

  private static float get(Matrix matrix, int row, int c) {
    return matrix.values().get(JAVA_FLOAT_UNALIGNED, matrix.at(row) + 4L * c);
  }

  private static void set(Matrix matrix, int row, int c, float value) {
    matrix.values().set(JAVA_FLOAT_UNALIGNED, matrix.at(row) + 4L * c, value);
  }
}
