package infomax.trainer.engine;

import infomax.trainer.objective.Estimator;

/** The loss of an estimator that scores pairs one by one. Immutable. */
sealed interface PairLoss {

  /** The loss that an estimator minimises. */
  static PairLoss of(Estimator.OfPairs estimator) {
    return switch (estimator) {
      case Estimator.JensenShannon _ -> new JensenShannon();
      case Estimator.SquaredHellinger _ -> new SquaredHellinger();
      case Estimator.DonskerVaradhan _ -> new DonskerVaradhan();
    };
  }

  /** The loss of all scores. */
  double loss(PairScores scores);

  /** Its derivative with respect to single scores. */
  Derivative derivative(PairScores scores);

  /** The derivative with respect to one score. */
  @FunctionalInterface
  interface Derivative {
    /** At a score, which is one of those that the derivative was taken at. */
    double at(double score, boolean positive);
  }

  /** The mean of softplus(-positive) + softplus(negative). */
  record JensenShannon() implements PairLoss {
    @Override
    public double loss(PairScores scores) {
      double sum = 0;
      for (int i = 0; i < scores.values().length; i++) {
        double score = scores.values()[i];
        sum += softplus(scores.positive(i) ? -score : score);
      }
      return sum / scores.pairs();
    }

    @Override
    public Derivative derivative(PairScores scores) {
      double share = 1.0 / scores.pairs();
      return (score, positive) ->
          positive ? -share / (1 + Math.exp(score)) : share / (1 + Math.exp(-score));
    }

    private static double softplus(double x) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
  }

  /** The mean of exp(-positive) + exp(negative). */
  record SquaredHellinger() implements PairLoss {
    @Override
    public double loss(PairScores scores) {
      double sum = 0;
      for (int i = 0; i < scores.values().length; i++) {
        double score = scores.values()[i];
        sum += Math.exp(scores.positive(i) ? -score : score);
      }
      return sum / scores.pairs();
    }

    @Override
    public Derivative derivative(PairScores scores) {
      double share = 1.0 / scores.pairs();
      return (score, positive) -> positive ? -share * Math.exp(-score) : share * Math.exp(score);
    }
  }

  /** The logarithm of the mean of exp(negative), less the mean of the positives. */
  record DonskerVaradhan() implements PairLoss {
    @Override
    public double loss(PairScores scores) {
      double sum = 0;
      for (int i = 0; i < scores.values().length; i++) {
        sum += scores.positive(i) ? scores.values()[i] : 0;
      }
      return logSumOfNegatives(scores) - Math.log(scores.pairs()) - sum / scores.pairs();
    }

    @Override
    public Derivative derivative(PairScores scores) {
      double share = 1.0 / scores.pairs();
      double logSum = logSumOfNegatives(scores);
      return (score, positive) -> positive ? -share : Math.exp(score - logSum);
    }

    /** Relative to the largest, so that no exponential overflows. */
    private static double logSumOfNegatives(PairScores scores) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < scores.values().length; i++) {
        largest = scores.positive(i) ? largest : Math.max(largest, scores.values()[i]);
      }
      double sum = 0;
      for (int i = 0; i < scores.values().length; i++) {
        sum += scores.positive(i) ? 0 : Math.exp(scores.values()[i] - largest);
      }
      return largest + Math.log(sum);
    }
  }
}
