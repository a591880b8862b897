package infomax.trainer.evaluation;

import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.statistics.VectorSet;
import java.util.List;

/** Figures of retrieval by exact search. */
final class Retrieval {

  /** Neighbours a precision is taken over. */
  static final int K = 10;

  private Retrieval() {}

  /** Share of the ten nearest gallery images with the query's label, per query. */
  static QueryScores precisionAt10(
      VectorSet queries,
      List<String> queryLabels,
      VectorSet gallery,
      List<String> galleryLabels,
      Metric metric) {
    Neighbours neighbours = Neighbours.search(queries, gallery, K, metric);
    float[] scores = new float[queries.count()];
    for (int query = 0; query < scores.length; query++) {
      int[] nearest = neighbours.of(query);
      int same = 0;
      for (int row : nearest) {
        if (galleryLabels.get(row).equals(queryLabels.get(query))) {
          same++;
        }
      }
      scores[query] = (float) same / nearest.length;
    }
    return QueryScores.of(scores);
  }

  /** 1 where the nearest original to view i by cosine is original i, else 0. */
  static QueryScores ownViewHitAt1(VectorSet views, VectorSet originals) {
    Neighbours neighbours = Neighbours.search(views, originals, 1, Metric.COSINE);
    float[] scores = new float[views.count()];
    for (int view = 0; view < scores.length; view++) {
      scores[view] = neighbours.of(view)[0] == view ? 1 : 0;
    }
    return QueryScores.of(scores);
  }
}
