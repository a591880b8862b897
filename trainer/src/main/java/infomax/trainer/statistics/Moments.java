package infomax.trainer.statistics;

/**
 * Mean and spread of a set of vectors, in double precision. Immutable; owns its arrays.
 *
 * <p>The effective rank is the participation ratio of the covariance C, (tr C)^2 / tr(C^2): d for a
 * sphere in d dimensions, 1 if everything lies on a line, 0 if all vectors are equal.
 */
public final class Moments {

  private final double[] mean;
  private final double[] standardDeviation;
  private final double effectiveRank;

  private Moments(double[] mean, double[] standardDeviation, double effectiveRank) {
    this.mean = mean;
    this.standardDeviation = standardDeviation;
    this.effectiveRank = effectiveRank;
  }

  /**
   * The moments of a set.
   *
   * @throws IllegalArgumentException if it holds fewer than two vectors
   */
  public static Moments of(VectorSet set) {
    if (set.count() < 2) {
      throw new IllegalArgumentException(set.count() + " vectors, expected at least 2");
    }
    double[] mean = meanOf(set);
    double[] deviation = new double[set.dimensions()];
    double trace = 0;
    for (int d = 0; d < deviation.length; d++) {
      double sum = 0;
      for (int row = 0; row < set.count(); row++) {
        double difference = set.value(row, d) - mean[d];
        sum += difference * difference;
      }
      deviation[d] = Math.sqrt(sum / set.count());
      trace += sum / set.count();
    }
    return new Moments(mean, deviation, trace > 0 ? trace * trace / squaredTrace(set, mean) : 0);
  }

  /** Mean of each dimension, a copy. */
  public double[] mean() {
    return mean.clone();
  }

  /** Standard deviation of each dimension, a copy. */
  public double[] standardDeviation() {
    return standardDeviation.clone();
  }

  /** See the class comment; NaN if a value is. */
  public double effectiveRank() {
    return effectiveRank;
  }

  static double[] meanOf(VectorSet set) {
    double[] mean = new double[set.dimensions()];
    for (int row = 0; row < set.count(); row++) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += set.value(row, d);
      }
    }
    for (int d = 0; d < mean.length; d++) {
      mean[d] /= set.count();
    }
    return mean;
  }

  /** tr(C^2), through the Gram matrix of the centred rows, which has the same eigenvalues. */
  private static double squaredTrace(VectorSet set, double[] mean) {
    VectorSet centred =
        VectorSet.filled(
            set.count(),
            set.dimensions(),
            (row, target, offset) -> {
              for (int d = 0; d < mean.length; d++) {
                target[offset + d] = (float) (set.value(row, d) - mean[d]);
              }
            });
    double sum = 0;
    for (float product : MatrixProduct.dotProducts(centred, centred)) {
      sum += (double) product * product;
    }
    return sum / ((double) set.count() * set.count());
  }
}
