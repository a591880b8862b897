package infomax.trainer.bench;

import infomax.trainer.evaluation.Neighbours;
import infomax.trainer.statistics.VectorSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which labels the nearest images of each query carry, by exact search over all images. */
final class NearestLabels {

  private final Neighbours neighbours;
  private final List<String> queryLabels;
  private final List<String> imageLabels;

  NearestLabels(Neighbours neighbours, List<String> queryLabels, List<String> imageLabels) {
    this.neighbours = neighbours;
    this.queryLabels = queryLabels;
    this.imageLabels = imageLabels;
  }

  /** Mean over the queries of the share of the k nearest with the query's label. */
  double precisionAt(int k) {
    long same = 0;
    for (int query = 0; query < neighbours.queries(); query++) {
      int[] nearest = neighbours.of(query);
      for (int place = 0; place < k; place++) {
        same += imageLabels.get(nearest[place]).equals(queryLabels.get(query)) ? 1 : 0;
      }
    }
    return same / ((double) k * neighbours.queries());
  }

  /**
   * Accuracy of the vote of all neighbours found, each weighted exp(cosine / temperature).
   *
   * @param queries unit vectors
   * @param images unit vectors
   */
  double accuracyOfVote(VectorSet queries, VectorSet images, double temperature) {
    long right = 0;
    for (int query = 0; query < neighbours.queries(); query++) {
      Map<String, Double> votes = new HashMap<>();
      for (int image : neighbours.of(query)) {
        double cosine = 0;
        for (int d = 0; d < queries.dimensions(); d++) {
          cosine += queries.value(query, d) * (double) images.value(image, d);
        }
        votes.merge(imageLabels.get(image), Math.exp(cosine / temperature), Double::sum);
      }
      String winner =
          votes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
      right += winner.equals(queryLabels.get(query)) ? 1 : 0;
    }
    return (double) right / neighbours.queries();
  }
}
