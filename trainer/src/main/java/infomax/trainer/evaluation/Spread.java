package infomax.trainer.evaluation;

import infomax.trainer.statistics.Moments;
import infomax.trainer.statistics.VectorSet;
import java.util.Arrays;

/**
 * How embeddings are spread out: what tells a healthy encoder from a diverged or collapsed one.
 *
 * @param finite whether every value is a finite number; if not, the rest is NaN
 * @param effectiveRank participation ratio of the covariance, 0 to the number of dimensions
 * @param meanCosine mean cosine between two different images
 * @param meanOfMeans mean over the dimensions of z's mean
 * @param deviationMin smallest standard deviation of a dimension of z
 * @param deviationMean mean over the dimensions of z's standard deviation
 * @param deviationMax largest standard deviation of a dimension of z
 */
public record Spread(
    boolean finite,
    double effectiveRank,
    double meanCosine,
    double meanOfMeans,
    double deviationMin,
    double deviationMean,
    double deviationMax) {

  /** The spread of a set of at least two embeddings. */
  public static Spread of(VectorSet embeddings) {
    if (!embeddings.isFinite()) {
      double unknown = Double.NaN;
      return new Spread(false, unknown, unknown, unknown, unknown, unknown, unknown);
    }
    Moments moments = Moments.of(embeddings);
    double[] deviations = moments.standardDeviation();
    return new Spread(
        true,
        Moments.effectiveRank(embeddings),
        meanCosine(embeddings),
        Arrays.stream(moments.mean()).average().orElseThrow(),
        Arrays.stream(deviations).min().orElseThrow(),
        Arrays.stream(deviations).average().orElseThrow(),
        Arrays.stream(deviations).max().orElseThrow());
  }

  /** Mean over all pairs i != j, from the length of the sum of the unit vectors. */
  private static double meanCosine(VectorSet embeddings) {
    VectorSet unit = embeddings.unit();
    double[] sum = new double[unit.dimensions()];
    for (int row = 0; row < unit.count(); row++) {
      for (int d = 0; d < sum.length; d++) {
        sum[d] += unit.value(row, d);
      }
    }
    double squared = Arrays.stream(sum).map(value -> value * value).sum();
    double own = Arrays.stream(unit.squaredLengths()).sum();
    return (squared - own) / ((double) unit.count() * (unit.count() - 1));
  }
}
