package infomax.search.query;

import infomax.index.Metric;
import infomax.index.QueryVector;
import infomax.index.UnitVector;
import infomax.runtime.http.Problem;
import java.util.List;

/**
 * One vector for several examples: the mean of the positive ones, and the way from the mean of the
 * negative ones to it once more: 2 mean(positive) - mean(negative). For the cosine each example
 * counts by its direction, for the Euclidean distance by its whole embedding.
 */
final class MeanVector {

  private MeanVector() {}

  /**
   * The vector.
   *
   * @throws Problem 400 if the examples cancel each other out
   */
  static QueryVector of(List<QueryVector> positive, List<QueryVector> negative, Metric metric) {
    float[] mean = mean(positive, metric);
    if (!negative.isEmpty()) {
      float[] away = mean(negative, metric);
      for (int ordinal = 0; ordinal < mean.length; ordinal++) {
        mean[ordinal] = 2 * mean[ordinal] - away[ordinal];
      }
    }
    double squared = 0;
    for (float component : mean) {
      squared += (double) component * component;
    }
    if (!(squared > 0)) {
      throw Problem.of(
              400,
              "examples_cancel_out",
              "the mean of the examples has no direction; ask with strategy best_score, or with"
                  + " other examples")
          .with("field", "examples");
    }
    return new QueryVector(UnitVector.direction(mean), Math.sqrt(squared));
  }

  private static float[] mean(List<QueryVector> examples, Metric metric) {
    float[] mean = new float[examples.getFirst().direction().dimensions()];
    for (QueryVector example : examples) {
      float[] direction = example.direction().components();
      double length = metric == Metric.COSINE ? 1 : example.norm();
      for (int ordinal = 0; ordinal < mean.length; ordinal++) {
        mean[ordinal] += (float) (direction[ordinal] * length / examples.size());
      }
    }
    return mean;
  }
}
