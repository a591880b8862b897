package infomax.trainer.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which labels the nearest images of each query carry, by exact search over all images. */
public final class NearestLabels {

  /** Neighbours that vote. */
  public static final int VOTERS = 200;

  private static final double VOTE_TEMPERATURE = 0.07;

  private final Neighbours neighbours;
  private final List<String> queryLabels;
  private final List<String> imageLabels;

  /**
   * The labels of what was found.
   *
   * @param queryLabels one for each query
   * @param imageLabels one for each image searched
   */
  public NearestLabels(Neighbours neighbours, List<String> queryLabels, List<String> imageLabels) {
    this.neighbours = neighbours;
    this.queryLabels = queryLabels;
    this.imageLabels = imageLabels;
  }

  /** For each query, the share of its k nearest images with its label; of all where fewer were. */
  public QueryScores precisionAt(int k) {
    float[] scores = new float[neighbours.queries()];
    for (int query = 0; query < scores.length; query++) {
      int[] nearest = neighbours.of(query);
      int places = Math.min(k, nearest.length);
      int same = 0;
      for (int place = 0; place < places; place++) {
        same += imageLabels.get(nearest[place]).equals(queryLabels.get(query)) ? 1 : 0;
      }
      scores[query] = (float) same / places;
    }
    return QueryScores.of(scores);
  }

  /**
   * Share of the queries whose label wins the vote of all neighbours found, each weighted
   * exp(cosine / {@value #VOTE_TEMPERATURE}), as in Wu et al. 2018 (arXiv 1805.01978).
   *
   * @throws IllegalStateException if the search was not by cosine
   */
  public double accuracyOfVote() {
    long right = 0;
    for (int query = 0; query < neighbours.queries(); query++) {
      Map<String, Double> votes = new HashMap<>();
      int[] nearest = neighbours.of(query);
      for (int place = 0; place < nearest.length; place++) {
        double weight = Math.exp(neighbours.cosine(query, place) / VOTE_TEMPERATURE);
        votes.merge(imageLabels.get(nearest[place]), weight, Double::sum);
      }
      String winner =
          votes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
      right += winner.equals(queryLabels.get(query)) ? 1 : 0;
    }
    return (double) right / neighbours.queries();
  }
}
