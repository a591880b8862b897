package infomax.trainer.kernels;

/**
 * What surrounds the matrix products of the dense layers and the critics. Ranges are of rows,
 * [from, to); a bias, a weight column and a sum are matrices of one row.
 */
public interface DenseKernels {

  /** values += bias in every row. */
  void addBias(Matrix values, int from, int to, Matrix bias);

  /** values = max(0, values + bias) in every row. */
  void addBiasRelu(Matrix values, int from, int to, Matrix bias);

  /**
   * out[outRow + i] = max(0, left[leftRow] + right[rightRow + i] + bias) for i below {@code rows}:
   * the first layer of a critic for one image against {@code rows} rows of the other side.
   */
  void pairRelu(
      Matrix left,
      int leftRow,
      Matrix right,
      int rightRow,
      int rows,
      Matrix bias,
      Matrix out,
      int outRow);

  /** gradient = 0 wherever activation is not above 0. */
  void reluGradient(Matrix gradient, Matrix activation, int from, int to);

  /** sums = the sum of all rows in the range, replacing what was there. */
  void columnSums(Matrix values, int from, int to, Matrix sums);

  /** out[outRow] = the sum of all rows in the range, replacing what was there. */
  void sumRows(Matrix values, int from, int to, Matrix out, int outRow);

  /** out[outRow + i] = first[firstRow + i] + second[secondRow + i] for i below {@code rows}. */
  void add(
      Matrix first, int firstRow, Matrix second, int secondRow, int rows, Matrix out, int outRow);

  /** scores[row] = the dot product of that row with the weights. */
  void dot(Matrix values, int from, int to, Matrix weights, float[] scores);

  /**
   * Adds the sum over rows of gradients[row] * values[row] to the sums: the gradient of {@link
   * #dot}'s weights.
   */
  void weightedSum(Matrix values, int from, int to, float[] gradients, Matrix sums);

  /**
   * out[row] = firstFactors[row] * first[firstRow] + secondFactors[row] * second[secondRow] for the
   * rows in the range.
   */
  void combine(
      Matrix first,
      int firstRow,
      float[] firstFactors,
      Matrix second,
      int secondRow,
      float[] secondFactors,
      int from,
      int to,
      Matrix out);

  /** values[row] = gradients[row] * weights where values is above 0, else 0. */
  void dotReluGradient(Matrix values, int from, int to, float[] gradients, Matrix weights);

  /** Scales each row to length 1 and keeps the factor it was scaled by. */
  void normalise(Matrix values, int from, int to, float[] factors);

  /**
   * gradient[row] = factors[row] * (gradient[row] - unit[row] * (unit[row] . gradient[row])): what
   * reaches the row before {@link #normalise}.
   */
  void normaliseGradient(Matrix gradient, Matrix unit, int from, int to, float[] factors);
}
