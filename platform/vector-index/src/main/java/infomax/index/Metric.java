package infomax.index;

/** How close two embeddings are. For every metric a higher score is closer. */
public enum Metric {
  /** Cosine of the angle, -1 to 1. */
  COSINE {
    @Override
    double score(QueryVector left, UnitVector right, double rightNorm) {
      return left.direction().cosine(right);
    }

    @Override
    double roughScore(double cosine, double leftNorm, double rightNorm) {
      return cosine;
    }

    @Override
    double closeness(double score) {
      return (1 + score) / 2;
    }
  },
  /** The distance between the embeddings at their own lengths, negated: 0 is equal, never above. */
  EUCLIDEAN {
    @Override
    double score(QueryVector left, UnitVector right, double rightNorm) {
      // Not -0.0, which prints oddly.
      return 0.0 - left.direction().distance(left.norm(), right, rightNorm);
    }

    @Override
    double roughScore(double cosine, double leftNorm, double rightNorm) {
      double squared = leftNorm * leftNorm + rightNorm * rightNorm;
      return -Math.sqrt(Math.max(0, squared - 2 * leftNorm * rightNorm * cosine));
    }

    @Override
    double closeness(double score) {
      return 1 / (1 - score);
    }
  };

  /** The score in double precision. */
  abstract double score(QueryVector left, UnitVector right, double rightNorm);

  /** The score from a cosine in single precision, off by its rounding. */
  abstract double roughScore(double cosine, double leftNorm, double rightNorm);

  /** A score as a number from 0 to 1, higher for closer. */
  abstract double closeness(double score);
}
