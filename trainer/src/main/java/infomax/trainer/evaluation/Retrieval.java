package infomax.trainer.evaluation;

import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.statistics.VectorSet;
import java.util.Arrays;

/** Figures of retrieval by exact search. */
final class Retrieval {

  /** Neighbours a precision is taken over. */
  static final int K = 10;

  private Retrieval() {}

  /** 1 where original i is among the k nearest to view i by cosine, else 0. */
  static QueryScores ownViewHitAt(int k, VectorSet views, VectorSet originals) {
    Neighbours neighbours = Neighbours.search(views, originals, k, Metric.COSINE);
    float[] scores = new float[views.count()];
    for (int view = 0; view < scores.length; view++) {
      int own = view;
      scores[view] = Arrays.stream(neighbours.of(view)).anyMatch(row -> row == own) ? 1 : 0;
    }
    return QueryScores.of(scores);
  }
}
