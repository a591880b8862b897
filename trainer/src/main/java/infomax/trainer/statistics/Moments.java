package infomax.trainer.statistics;

/** Mean and spread of a set of vectors, in double precision. Immutable; owns its arrays. */
public final class Moments {

  private final double[] mean;
  private final double[] standardDeviation;

  private Moments(double[] mean, double[] standardDeviation) {
    this.mean = mean;
    this.standardDeviation = standardDeviation;
  }

  /**
   * The moments of a set.
   *
   * @throws IllegalArgumentException if it holds no vector
   */
  public static Moments of(VectorSet set) {
    double[] mean = meanOf(set);
    double[] deviation = new double[set.dimensions()];
    for (int row = 0; row < set.count(); row++) {
      for (int d = 0; d < deviation.length; d++) {
        double difference = set.value(row, d) - mean[d];
        deviation[d] += difference * difference;
      }
    }
    for (int d = 0; d < deviation.length; d++) {
      deviation[d] = Math.sqrt(deviation[d] / set.count());
    }
    return new Moments(mean, deviation);
  }

  /**
   * The participation ratio of the covariance C, (tr C)^2 / tr(C^2): d for a sphere in d
   * dimensions, 1 if everything lies on a line, 0 if all vectors are equal, NaN if a value is.
   *
   * <p>Takes memory for the square of the set's size or of its dimensions, whichever is less.
   */
  public static double effectiveRank(VectorSet set) {
    double[] mean = meanOf(set);
    // The products of the centred rows have the eigenvalues of those of the columns, which are the
    // covariance's times the count.
    boolean byRows = set.count() < set.dimensions();
    VectorSet centred =
        byRows
            ? VectorSet.filled(
                set.count(),
                set.dimensions(),
                (row, target, offset) -> {
                  for (int d = 0; d < mean.length; d++) {
                    target[offset + d] = (float) (set.value(row, d) - mean[d]);
                  }
                })
            : VectorSet.filled(
                set.dimensions(),
                set.count(),
                (d, target, offset) -> {
                  for (int row = 0; row < set.count(); row++) {
                    target[offset + row] = (float) (set.value(row, d) - mean[d]);
                  }
                });
    float[] products = MatrixProduct.of(centred, centred);
    double trace = 0;
    double squares = 0;
    for (int i = 0; i < centred.count(); i++) {
      trace += products[i * centred.count() + i];
    }
    for (float product : products) {
      squares += (double) product * product;
    }
    return trace == 0 ? 0 : trace * trace / squares;
  }

  /** Mean of each dimension, a copy. */
  public double[] mean() {
    return mean.clone();
  }

  /** Standard deviation of each dimension, a copy. */
  public double[] standardDeviation() {
    return standardDeviation.clone();
  }

  static double[] meanOf(VectorSet set) {
    if (set.count() == 0) {
      throw new IllegalArgumentException("no vectors, expected at least one");
    }
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
}
