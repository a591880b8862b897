package infomax.trainer.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both forms of the dense kernels compute their definitions on part of the rows. */
class DenseKernelsTest {

  private static final int ROWS = 9;
  private static final int FROM = 2;
  private static final int TO = 7;
  private static final Offset<Double> CLOSE = within(1e-4);

  static Stream<Arguments> cases() {
    return Stream.of(Kernels.available(), Kernels.scalar())
        .flatMap(
            kernels ->
                Stream.of(1, 16, 37, 128).map(columns -> Arguments.of(kernels.dense(), columns)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void biasIsAddedAndActivated(DenseKernels kernels, int columns) {
    Matrix bias = Floats.matrix(1, columns, 1);
    Matrix before = Floats.matrix(ROWS, columns, 2);
    Matrix added = Floats.matrix(ROWS, columns, 2);
    kernels.addBias(added, FROM, TO, bias);
    check(added, (r, c) -> Floats.at(before, r, c) + (in(r) ? Floats.at(bias, 0, c) : 0));
    Matrix activated = Floats.matrix(ROWS, columns, 2);
    kernels.addBiasRelu(activated, FROM, TO, bias);
    check(
        activated,
        (r, c) ->
            in(r)
                ? Math.max(0, Floats.at(before, r, c) + Floats.at(bias, 0, c))
                : Floats.at(before, r, c));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pairIsTheActivatedSumOfBothSides(DenseKernels kernels, int columns) {
    Matrix left = Floats.matrix(ROWS, columns, 1);
    Matrix right = Floats.matrix(ROWS, columns, 2);
    Matrix bias = Floats.matrix(1, columns, 3);
    Matrix out = Floats.matrix(ROWS, columns, 4);
    Matrix before = Floats.matrix(ROWS, columns, 4);
    kernels.pairRelu(left, 5, right, 3, TO - FROM, bias, out, FROM);
    check(
        out,
        (r, c) ->
            in(r)
                ? Math.max(
                    0,
                    Floats.at(left, 5, c)
                        + Floats.at(right, 3 + r - FROM, c)
                        + Floats.at(bias, 0, c))
                : Floats.at(before, r, c));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reluStopsTheGradientWhereItWasShut(DenseKernels kernels, int columns) {
    Matrix activation = Floats.matrix(ROWS, columns, 1);
    Matrix gradient = Floats.matrix(ROWS, columns, 2);
    Matrix before = Floats.matrix(ROWS, columns, 2);
    kernels.reluGradient(gradient, activation, FROM, TO);
    check(
        gradient,
        (r, c) -> in(r) && Floats.at(activation, r, c) <= 0 ? 0 : Floats.at(before, r, c));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rowsAreSummedAndAdded(DenseKernels kernels, int columns) {
    Matrix values = Floats.matrix(ROWS, columns, 1);
    Matrix out = Floats.matrix(ROWS, columns, 2);
    Matrix before = Floats.matrix(ROWS, columns, 2);
    kernels.sumRows(values, FROM, TO, out, 4);
    check(out, (r, c) -> r == 4 ? columnSum(values, c) : Floats.at(before, r, c));
    Matrix sums = Floats.matrix(1, columns, 3);
    kernels.columnSums(values, FROM, TO, sums);
    check(sums, (_, c) -> columnSum(values, c));
    Matrix added = Floats.matrix(ROWS, columns, 2);
    kernels.add(values, 1, before, 3, TO - FROM, added, FROM);
    check(
        added,
        (r, c) ->
            in(r)
                ? Floats.at(values, 1 + r - FROM, c) + Floats.at(before, 3 + r - FROM, c)
                : Floats.at(before, r, c));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scoresAndTheirGradients(DenseKernels kernels, int columns) {
    Matrix values = Floats.matrix(ROWS, columns, 1);
    Matrix weights = Floats.matrix(1, columns, 2);
    float[] scores = new float[ROWS];
    kernels.dot(values, FROM, TO, weights, scores);
    for (int row = FROM; row < TO; row++) {
      double expected = 0;
      for (int c = 0; c < columns; c++) {
        expected += (double) Floats.at(values, row, c) * Floats.at(weights, 0, c);
      }
      assertThat((double) scores[row]).isCloseTo(expected, CLOSE);
    }
    Matrix sums = Floats.matrix(1, columns, 3);
    Matrix sumsBefore = Floats.matrix(1, columns, 3);
    kernels.weightedSum(values, FROM, TO, scores, sums);
    check(
        sums,
        (_, c) -> {
          double sum = Floats.at(sumsBefore, 0, c);
          for (int row = FROM; row < TO; row++) {
            sum += (double) scores[row] * Floats.at(values, row, c);
          }
          return sum;
        });
    Matrix before = Floats.matrix(ROWS, columns, 1);
    kernels.dotReluGradient(values, FROM, TO, scores, weights);
    check(
        values,
        (r, c) ->
            !in(r)
                ? Floats.at(before, r, c)
                : Floats.at(before, r, c) > 0 ? scores[r] * Floats.at(weights, 0, c) : 0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rowsAreCombinedWithFactorsOfTheirOwn(DenseKernels kernels, int columns) {
    Matrix first = Floats.matrix(ROWS, columns, 1);
    Matrix second = Floats.matrix(ROWS, columns, 2);
    Matrix factors = Floats.matrix(2, ROWS, 3);
    float[] ofFirst = new float[ROWS];
    float[] ofSecond = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      ofFirst[row] = Floats.at(factors, 0, row);
      ofSecond[row] = Floats.at(factors, 1, row);
    }
    Matrix out = Floats.matrix(ROWS, columns, 4);
    Matrix before = Floats.matrix(ROWS, columns, 4);
    kernels.combine(first, 3, ofFirst, second, 8, ofSecond, FROM, TO, out);
    check(
        out,
        (r, c) ->
            in(r)
                ? ofFirst[r] * Floats.at(first, 3, c) + ofSecond[r] * Floats.at(second, 8, c)
                : Floats.at(before, r, c));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rowsGetUnitLengthAndGradientsStayAcross(DenseKernels kernels, int columns) {
    Matrix before = Floats.matrix(ROWS, columns, 1);
    Matrix unit = Floats.matrix(ROWS, columns, 1);
    float[] factors = new float[ROWS];
    kernels.normalise(unit, FROM, TO, factors);
    check(
        unit, (r, c) -> Floats.at(before, r, c) / (in(r) ? Math.sqrt(dot(before, before, r)) : 1));
    Matrix gradientBefore = Floats.matrix(ROWS, columns, 2);
    Matrix gradient = Floats.matrix(ROWS, columns, 2);
    kernels.normaliseGradient(gradient, unit, FROM, TO, factors);
    check(
        gradient,
        (r, c) ->
            in(r)
                ? (Floats.at(gradientBefore, r, c)
                        - Floats.at(unit, r, c) * dot(gradientBefore, unit, r))
                    / Math.sqrt(dot(before, before, r))
                : Floats.at(gradientBefore, r, c));
  }

  private static boolean in(int row) {
    return row >= FROM && row < TO;
  }

  private static double columnSum(Matrix values, int c) {
    double sum = 0;
    for (int row = FROM; row < TO; row++) {
      sum += Floats.at(values, row, c);
    }
    return sum;
  }

  private static double dot(Matrix left, Matrix right, int row) {
    double sum = 0;
    for (int c = 0; c < left.columns(); c++) {
      sum += (double) Floats.at(left, row, c) * Floats.at(right, row, c);
    }
    return sum;
  }

  private static void check(Matrix matrix, ToDoubleBiFunction<Integer, Integer> expected) {
    int rows = (int) (matrix.values().byteSize() / 4 / matrix.columns());
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < matrix.columns(); c++) {
        assertThat((double) Floats.at(matrix, row, c))
            .as("row %d column %d", row, c)
            .isCloseTo(expected.applyAsDouble(row, c), CLOSE);
      }
    }
  }
}
