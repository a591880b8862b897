package infomax.index;

/** How close two embeddings are. For every metric a higher score is closer. */
public enum Metric {
  /** Cosine of the angle, -1 to 1. */
  COSINE {
    @Override
    double score(UnitVector left, double leftNorm, UnitVector right, double rightNorm) {
      return left.cosine(right);
    }
  },
  /** The distance between the embeddings at their own lengths, negated: 0 is equal, never above. */
  EUCLIDEAN {
    @Override
    double score(UnitVector left, double leftNorm, UnitVector right, double rightNorm) {
      // Not -0.0, which prints oddly.
      return 0.0 - left.distance(leftNorm, right, rightNorm);
    }
  };

  abstract double score(UnitVector left, double leftNorm, UnitVector right, double rightNorm);
}
