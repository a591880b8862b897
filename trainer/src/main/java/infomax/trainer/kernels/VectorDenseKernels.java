package infomax.trainer.kernels;

import static java.nio.ByteOrder.nativeOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vector API forms: one row at a time, columns in vectors, the rest left to the plain loops. */
final class VectorDenseKernels implements DenseKernels {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  @Override
  public void addBias(Matrix values, int from, int to, Matrix bias) {
    int bound = SPECIES.loopBound(values.columns());
    for (int row = from; row < to; row++) {
      addBiasRow(values, values.at(row), bias, bound);
      ScalarDenseKernels.addBiasRow(values, row, bias, bound);
    }
  }

  private static void addBiasRow(Matrix values, long row, Matrix bias, int bound) {
    for (int c = 0; c < bound; c += LANES) {
      store(load(values, row, c).add(load(bias, 0, c)), values, row, c);
    }
  }

  @Override
  public void addBiasRelu(Matrix values, int from, int to, Matrix bias) {
    int bound = SPECIES.loopBound(values.columns());
    for (int row = from; row < to; row++) {
      addBiasReluRow(values, values.at(row), bias, bound);
      ScalarDenseKernels.addBiasReluRow(values, row, bias, bound);
    }
  }

  private static void addBiasReluRow(Matrix values, long row, Matrix bias, int bound) {
    for (int c = 0; c < bound; c += LANES) {
      store(load(values, row, c).add(load(bias, 0, c)).max(0f), values, row, c);
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
    int bound = SPECIES.loopBound(out.columns());
    long leftAt = left.at(leftRow);
    for (int i = 0; i < rows; i++) {
      pairReluRow(
          left, leftAt, right, right.at(rightRow + i), bias, out, out.at(outRow + i), bound);
      ScalarDenseKernels.pairReluRow(
          left, leftRow, right, rightRow + i, bias, out, outRow + i, bound);
    }
  }

  private static void pairReluRow(
      Matrix left,
      long leftRow,
      Matrix right,
      long rightRow,
      Matrix bias,
      Matrix out,
      long outRow,
      int bound) {
    for (int c = 0; c < bound; c += LANES) {
      FloatVector sum = load(left, leftRow, c).add(load(right, rightRow, c)).add(load(bias, 0, c));
      store(sum.max(0f), out, outRow, c);
    }
  }

  @Override
  public void reluGradient(Matrix gradient, Matrix activation, int from, int to) {
    int bound = SPECIES.loopBound(gradient.columns());
    for (int row = from; row < to; row++) {
      reluGradientRow(gradient, activation, gradient.at(row), bound);
      ScalarDenseKernels.reluGradientRow(gradient, activation, row, bound);
    }
  }

  private static void reluGradientRow(Matrix gradient, Matrix activation, long row, int bound) {
    for (int c = 0; c < bound; c += LANES) {
      FloatVector kept =
          FloatVector.zero(SPECIES)
              .blend(
                  load(gradient, row, c), load(activation, row, c).compare(VectorOperators.GT, 0f));
      store(kept, gradient, row, c);
    }
  }

  @Override
  public void columnSums(Matrix values, int from, int to, Matrix sums) {
    sumRows(values, from, to, sums, 0);
  }

  @Override
  public void sumRows(Matrix values, int from, int to, Matrix out, int outRow) {
    int bound = SPECIES.loopBound(values.columns());
    for (int c = 0; c < bound; c += LANES) {
      sumColumns(values, from, to, c, out, out.at(outRow));
    }
    ScalarDenseKernels.sumRange(values, from, to, out, outRow, bound);
  }

  private static void sumColumns(Matrix values, int from, int to, int c, Matrix out, long outRow) {
    FloatVector even = FloatVector.zero(SPECIES);
    FloatVector odd = FloatVector.zero(SPECIES);
    int row = from;
    for (; row + 1 < to; row += 2) {
      even = even.add(load(values, values.at(row), c));
      odd = odd.add(load(values, values.at(row + 1), c));
    }
    if (row < to) {
      even = even.add(load(values, values.at(row), c));
    }
    store(even.add(odd), out, outRow, c);
  }

  @Override
  public void add(
      Matrix first, int firstRow, Matrix second, int secondRow, int rows, Matrix out, int outRow) {
    int bound = SPECIES.loopBound(out.columns());
    for (int i = 0; i < rows; i++) {
      addRow(
          first,
          first.at(firstRow + i),
          second,
          second.at(secondRow + i),
          out,
          out.at(outRow + i),
          bound);
      ScalarDenseKernels.addRow(first, firstRow + i, second, secondRow + i, out, outRow + i, bound);
    }
  }

  private static void addRow(
      Matrix first,
      long firstRow,
      Matrix second,
      long secondRow,
      Matrix out,
      long outRow,
      int bound) {
    for (int c = 0; c < bound; c += LANES) {
      store(load(first, firstRow, c).add(load(second, secondRow, c)), out, outRow, c);
    }
  }

  @Override
  public void dot(Matrix values, int from, int to, Matrix weights, float[] scores) {
    int bound = SPECIES.loopBound(values.columns());
    for (int row = from; row < to; row++) {
      double rest = ScalarDenseKernels.dotRow(values, row, weights, 0, bound);
      scores[row] = (float) (dotRow(values, values.at(row), weights, 0, bound) + rest);
    }
  }

  private static float dotRow(Matrix left, long leftRow, Matrix right, long rightRow, int bound) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int c = 0; c < bound; c += LANES) {
      sum = load(left, leftRow, c).fma(load(right, rightRow, c), sum);
    }
    return LaneSum.of(sum);
  }

  @Override
  public void weightedSum(Matrix values, int from, int to, float[] gradients, Matrix sums) {
    int bound = SPECIES.loopBound(values.columns());
    for (int row = from; row < to; row++) {
      weightedAddRow(values, values.at(row), gradients[row], sums, bound);
      ScalarDenseKernels.weightedAdd(values, row, gradients[row], sums, bound);
    }
  }

  private static void weightedAddRow(
      Matrix values, long row, float weight, Matrix sums, int bound) {
    FloatVector weights = FloatVector.broadcast(SPECIES, weight);
    for (int c = 0; c < bound; c += LANES) {
      store(load(values, row, c).fma(weights, load(sums, 0, c)), sums, 0, c);
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
    int bound = SPECIES.loopBound(out.columns());
    long firstAt = first.at(firstRow);
    long secondAt = second.at(secondRow);
    for (int row = from; row < to; row++) {
      float ofFirst = firstFactors[row];
      float ofSecond = secondFactors[row];
      combineRow(first, firstAt, ofFirst, second, secondAt, ofSecond, out, out.at(row), bound);
      ScalarDenseKernels.combineRow(
          first, firstRow, ofFirst, second, secondRow, ofSecond, out, row, bound);
    }
  }

  private static void combineRow(
      Matrix first,
      long firstRow,
      float firstFactor,
      Matrix second,
      long secondRow,
      float secondFactor,
      Matrix out,
      long outRow,
      int bound) {
    FloatVector secondFactors = FloatVector.broadcast(SPECIES, secondFactor);
    for (int c = 0; c < bound; c += LANES) {
      FloatVector ofFirst = load(first, firstRow, c).mul(firstFactor);
      store(load(second, secondRow, c).fma(secondFactors, ofFirst), out, outRow, c);
    }
  }

  @Override
  public void dotReluGradient(Matrix values, int from, int to, float[] gradients, Matrix weights) {
    int bound = SPECIES.loopBound(values.columns());
    for (int row = from; row < to; row++) {
      dotReluGradientRow(values, values.at(row), gradients[row], weights, bound);
      ScalarDenseKernels.dotReluGradientRow(values, row, gradients[row], weights, bound);
    }
  }

  private static void dotReluGradientRow(
      Matrix values, long row, float gradient, Matrix weights, int bound) {
    for (int c = 0; c < bound; c += LANES) {
      FloatVector kept =
          FloatVector.zero(SPECIES)
              .blend(
                  load(weights, 0, c).mul(gradient),
                  load(values, row, c).compare(VectorOperators.GT, 0f));
      store(kept, values, row, c);
    }
  }

  @Override
  public void normalise(Matrix values, int from, int to, float[] factors) {
    int bound = SPECIES.loopBound(values.columns());
    for (int row = from; row < to; row++) {
      long at = values.at(row);
      double squares =
          dotRow(values, at, values, at, bound)
              + ScalarDenseKernels.dotRow(values, row, values, row, bound);
      factors[row] = ScalarDenseKernels.factor(squares);
      scaleRow(values, at, factors[row], bound);
      ScalarDenseKernels.scale(values, row, factors[row], bound);
    }
  }

  private static void scaleRow(Matrix values, long row, float factor, int bound) {
    for (int c = 0; c < bound; c += LANES) {
      store(load(values, row, c).mul(factor), values, row, c);
    }
  }

  @Override
  public void normaliseGradient(Matrix gradient, Matrix unit, int from, int to, float[] factors) {
    int bound = SPECIES.loopBound(gradient.columns());
    for (int row = from; row < to; row++) {
      long at = gradient.at(row);
      double along =
          dotRow(gradient, at, unit, at, bound)
              + ScalarDenseKernels.dotRow(gradient, row, unit, row, bound);
      acrossRow(gradient, unit, at, (float) along, factors[row], bound);
      ScalarDenseKernels.normaliseGradientRow(
          gradient, unit, row, (float) along, factors[row], bound);
    }
  }

  private static void acrossRow(
      Matrix gradient, Matrix unit, long row, float along, float factor, int bound) {
    for (int c = 0; c < bound; c += LANES) {
      FloatVector across = load(gradient, row, c).sub(load(unit, row, c).mul(along));
      store(across.mul(factor), gradient, row, c);
    }
  }

  private static FloatVector load(Matrix matrix, long row, int c) {
    return FloatVector.fromMemorySegment(SPECIES, matrix.values(), row + 4L * c, nativeOrder());
  }

  private static void store(FloatVector vector, Matrix matrix, long row, int c) {
    vector.intoMemorySegment(matrix.values(), row + 4L * c, nativeOrder());
  }
}
