package infomax.index;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.lucene.util.VectorUtil;

/** How a query scores an image; see {@link VectorQuery}. Immutable. */
record Scoring(Metric metric, List<QueryVector> positive, List<QueryVector> negative) {

  static Scoring of(VectorQuery query) {
    return new Scoring(query.metric(), query.positive(), query.negative());
  }

  /** The score, in double precision. */
  double score(UnitVector vector, double norm) {
    return score(example -> metric.score(example, vector, norm));
  }

  /** The score in single precision, for a choice of candidates. */
  double roughScore(float[] vector, double norm) {
    return score(
        example ->
            metric.roughScore(
                VectorUtil.dotProduct(example.direction().shared(), vector), example.norm(), norm));
  }

  private double score(ToDoubleFunction<QueryVector> toExample) {
    double closest = best(positive, toExample);
    if (positive.size() == 1 && negative.isEmpty()) {
      return closest;
    }
    double closestNegative = best(negative, toExample);
    return closest > closestNegative
        ? metric.closeness(closest)
        : -metric.closeness(closestNegative);
  }

  private static double best(List<QueryVector> examples, ToDoubleFunction<QueryVector> toExample) {
    double best = Double.NEGATIVE_INFINITY;
    for (QueryVector example : examples) {
      best = Math.max(best, toExample.applyAsDouble(example));
    }
    return best;
  }
}
