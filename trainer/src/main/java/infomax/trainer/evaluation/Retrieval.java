package infomax.trainer.evaluation;

import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.statistics.VectorSet;
import java.util.Arrays;

/** Figures of retrieval by exact search. */
final class Retrieval {

  /** Neighbours a precision is taken over. */
  static final int K = 10;

  private Retrieval() {}

  /** For each view the originals nearest to it by cosine, {@value #K} at most. */
  static Neighbours ofViews(VectorSet views, VectorSet originals) {
    return Neighbours.search(views, originals, K, Metric.COSINE);
  }

  /** 1 where original i is among the k nearest to view i, else 0; k is at most {@value #K}. */
  static QueryScores ownViewHitAt(int k, Neighbours ofViews) {
    float[] scores = new float[ofViews.queries()];
    for (int view = 0; view < scores.length; view++) {
      int own = view;
      scores[view] =
          Arrays.stream(ofViews.of(view)).limit(k).anyMatch(original -> original == own) ? 1 : 0;
    }
    return QueryScores.of(scores);
  }
}
