package infomax.trainer.evaluation;

/** One figure per held-out query, each from 0 to 1. Immutable; owns its array. */
public final class QueryScores {

  private final float[] scores;

  private QueryScores(float[] scores) {
    this.scores = scores;
  }

  /**
   * Copies the scores given.
   *
   * @throws IllegalArgumentException if there are none or one lies outside 0 to 1
   */
  public static QueryScores of(float... scores) {
    if (scores.length == 0) {
      throw new IllegalArgumentException("no scores, expected at least one");
    }
    for (float score : scores) {
      if (!(score >= 0 && score <= 1)) {
        throw new IllegalArgumentException("score " + score + ", expected 0 to 1");
      }
    }
    return new QueryScores(scores.clone());
  }

  /** Number of queries. */
  public int count() {
    return scores.length;
  }

  /** The score of one query. */
  public double score(int query) {
    return scores[query];
  }

  /** Mean over the queries. */
  public double mean() {
    double sum = 0;
    for (float score : scores) {
      sum += score;
    }
    return sum / scores.length;
  }
}
