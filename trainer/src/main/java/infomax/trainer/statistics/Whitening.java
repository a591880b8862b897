package infomax.trainer.statistics;

/**
 * An affine map z -> W (z - m) after which the vectors it was learnt from have mean 0 and nearly
 * unit covariance. Immutable; owns its arrays.
 *
 * <p>W is the inverse of the Cholesky factor of C + r I, C being the covariance and r a share of
 * its mean eigenvalue. W differs from the PCA or ZCA form only by a rotation, so distances and
 * cosines are the same, and no eigenvectors with arbitrary signs are involved: equal vectors give
 * an equal map. r keeps directions that hardly vary from being blown up to full size.
 */
public final class Whitening {

  private final double[] mean;
  private final double[] matrix;

  private Whitening(double[] mean, double[] matrix) {
    this.mean = mean;
    this.matrix = matrix;
  }

  /**
   * Learns the map.
   *
   * @param set at least two finite vectors that are not all equal
   * @param regularisation r as a share of the covariance's mean eigenvalue, above 0
   * @throws IllegalArgumentException if no map can be learnt from the set
   */
  public static Whitening of(VectorSet set, double regularisation) {
    if (!(regularisation > 0)) {
      throw new IllegalArgumentException("regularisation " + regularisation + ", expected above 0");
    }
    if (set.count() < 2 || !set.isFinite()) {
      throw new IllegalArgumentException(
          set.count() + " vectors, expected at least 2 and all of them finite");
    }
    double[] mean = Moments.meanOf(set);
    double[][] covariance = covariance(set, mean);
    double trace = 0;
    for (int d = 0; d < mean.length; d++) {
      trace += covariance[d][d];
    }
    if (!(trace > 0)) {
      throw new IllegalArgumentException("all vectors are equal, expected some spread");
    }
    for (int d = 0; d < mean.length; d++) {
      covariance[d][d] += regularisation * trace / mean.length;
    }
    return new Whitening(mean, invertedLower(cholesky(covariance)));
  }

  /** Length of the vectors it maps. */
  public int dimensions() {
    return mean.length;
  }

  /** One value of m. */
  public double mean(int dimension) {
    return mean[dimension];
  }

  /** One value of W; 0 above the diagonal. */
  public double weight(int output, int input) {
    return matrix[output * mean.length + input];
  }

  /** The vectors mapped. */
  public VectorSet apply(VectorSet set) {
    int d = mean.length;
    return VectorSet.filled(
        set.count(),
        d,
        (row, target, offset) -> {
          for (int output = 0; output < d; output++) {
            double sum = 0;
            for (int input = 0; input <= output; input++) {
              sum += weight(output, input) * (set.value(row, input) - mean[input]);
            }
            target[offset + output] = (float) sum;
          }
        });
  }

  private static double[][] covariance(VectorSet set, double[] mean) {
    int d = mean.length;
    double[][] covariance = new double[d][d];
    double[] centred = new double[d];
    for (int row = 0; row < set.count(); row++) {
      for (int i = 0; i < d; i++) {
        centred[i] = set.value(row, i) - mean[i];
      }
      for (int i = 0; i < d; i++) {
        double factor = centred[i];
        double[] target = covariance[i];
        for (int j = 0; j <= i; j++) {
          target[j] += factor * centred[j];
        }
      }
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        covariance[i][j] /= set.count();
        covariance[j][i] = covariance[i][j];
      }
    }
    return covariance;
  }

  /** Lower L with L Lt = a; a is positive definite because of the regularisation. */
  private static double[][] cholesky(double[][] a) {
    double[][] lower = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = i == j ? Math.sqrt(sum) : sum / lower[j][j];
      }
    }
    return lower;
  }

  private static double[] invertedLower(double[][] lower) {
    int d = lower.length;
    double[] inverse = new double[d * d];
    for (int column = 0; column < d; column++) {
      inverse[column * d + column] = 1 / lower[column][column];
      for (int row = column + 1; row < d; row++) {
        double sum = 0;
        for (int k = column; k < row; k++) {
          sum -= lower[row][k] * inverse[k * d + column];
        }
        inverse[row * d + column] = sum / lower[row][row];
      }
    }
    return inverse;
  }
}
