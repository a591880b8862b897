package infomax.trainer.engine;

/**
 * A critic's scores of a mini-batch's pairs, half of them positive. They lie in runs: positives,
 * then as many negatives, and so on. Mutable and shared by the workers, each of which writes the
 * scores of its own pictures' left sides.
 *
 * @param values the scores
 * @param run positives that lie together
 */
@SuppressWarnings("ArrayRecordComponent") // a buffer, never compared
record PairScores(float[] values, int run) {

  /** Number of positive pairs, and of negative ones. */
  int pairs() {
    return values.length / 2;
  }

  /** Whether a score is that of a positive pair. */
  boolean positive(int score) {
    return score / run % 2 == 0;
  }
}
