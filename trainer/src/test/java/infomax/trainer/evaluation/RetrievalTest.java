package infomax.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.statistics.VectorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Exact search and the figures taken from it, against cases small enough to do by hand. */
class RetrievalTest {

  @Test
  void cosineLooksAtDirectionsAndEuclideanAtDistances() {
    VectorSet query = VectorSet.of(new float[] {1, 0}, 1, 2);
    VectorSet gallery = VectorSet.of(new float[] {9, 1, 1, 0.5f, 0, 1, -1, 0}, 4, 2);

    assertThat(Neighbours.search(query, gallery, 4, Metric.COSINE).of(0))
        .containsExactly(0, 1, 2, 3);
    assertThat(Neighbours.search(query, gallery, 4, Metric.EUCLIDEAN).of(0))
        .containsExactly(1, 2, 3, 0);
  }

  @Test
  void precisionAt10CountsTheQuerysLabelAmongTheTenNearest() {
    // Gallery vectors at growing angles; the query stands at angle 0 and at 90 degrees.
    int count = 20;
    VectorSet gallery =
        VectorSet.filled(
            count,
            2,
            (row, target, offset) -> {
              target[offset] = (float) Math.cos(row * 0.07);
              target[offset + 1] = (float) Math.sin(row * 0.07);
            });
    List<String> labels = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      labels.add(row % 5 == 0 ? "a" : "b");
    }
    VectorSet queries = VectorSet.of(new float[] {1, 0, 0, 1}, 2, 2);

    QueryScores scores =
        new NearestLabels(
                Neighbours.search(queries, gallery, 15, Metric.COSINE), List.of("a", "b"), labels)
            .precisionAt(10);

    // Rows 0 to 9 hold two "a" (0 and 5); rows 10 to 19 hold eight "b" (all but 10 and 15).
    assertThat(scores.score(0)).isEqualTo(0.2, within(1e-6));
    assertThat(scores.score(1)).isEqualTo(0.8, within(1e-6));
    assertThat(scores.mean()).isEqualTo(0.5, within(1e-6));
  }

  @Test
  void searchEqualsSortingAllDistances() {
    Random random = new Random(11);
    VectorSet queries = random(random, 300, 7);
    VectorSet gallery = random(random, 500, 7);

    Neighbours found = Neighbours.search(queries, gallery, 10, Metric.EUCLIDEAN);

    for (int query = 0; query < queries.count(); query += 37) {
      int row = query;
      int[] sorted =
          java.util.stream.IntStream.range(0, gallery.count())
              .boxed()
              .sorted(
                  java.util.Comparator.comparingDouble(
                      other -> squaredDistance(queries, row, gallery, other)))
              .mapToInt(Integer::intValue)
              .limit(10)
              .toArray();
      assertThat(found.of(query)).containsExactly(sorted);
    }
  }

  @Test
  void overlapCountsTheNeighboursThatBothName() {
    // On a line of points each one's two nearest are the points beside it; turned round, the same.
    VectorSet line = arc(new int[] {0, 1, 2, 3, 4, 5});
    assertThat(Overlap.at(2, line, arc(new int[] {5, 4, 3, 2, 1, 0}))).isEqualTo(1);
    // With the halves exchanged only neighbours across the middle and the ends differ.
    double exchanged = Overlap.at(1, line, arc(new int[] {3, 4, 5, 0, 1, 2}));
    assertThat(exchanged).isBetween(0.5, 0.9);
    assertThatThrownBy(() -> Overlap.at(6, line, line))
        .hasMessage("6 and 6 vectors, expected as many of both, more than 6");
  }

  /** Points at growing and slightly growing distances, so that no two are equally near. */
  private static VectorSet arc(int[] places) {
    return VectorSet.filled(
        places.length,
        2,
        (row, target, offset) -> {
          double angle = 0.2 * places[row] + 0.002 * places[row] * places[row];
          target[offset] = (float) Math.cos(angle);
          target[offset + 1] = (float) Math.sin(angle);
        });
  }

  @Test
  void anOwnViewIsFoundWhereItsOriginalIsNearest() {
    VectorSet originals = VectorSet.of(new float[] {1, 0, 0, 1, -1, 0}, 3, 2);
    VectorSet views = VectorSet.of(new float[] {2, 0.1f, 1, 0.2f}, 2, 2);

    Neighbours ofViews = Retrieval.ofViews(views, originals);
    QueryScores scores = Retrieval.ownViewHitAt(1, ofViews);

    assertThat(scores.score(0)).isEqualTo(1);
    assertThat(scores.score(1)).isEqualTo(0);
    assertThat(Retrieval.ownViewHitAt(2, ofViews).mean()).isEqualTo(1);
  }

  /** Two of three neighbours are "a", but the third is far nearer. */
  @Test
  void aVoteWeighsNearNeighboursMore() {
    VectorSet gallery = VectorSet.of(new float[] {2, 0.1f, 1, 1, 1, -1}, 3, 2);
    VectorSet query = VectorSet.of(new float[] {3, 0}, 1, 2);
    List<String> labels = List.of("b", "a", "a");

    assertThat(vote(query, gallery, "b", labels, Metric.COSINE)).isEqualTo(1);
    assertThat(vote(query, gallery, "a", labels, Metric.COSINE)).isEqualTo(0);
    assertThatThrownBy(() -> vote(query, gallery, "b", labels, Metric.EUCLIDEAN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected by COSINE");
  }

  private static double vote(
      VectorSet query, VectorSet gallery, String label, List<String> labels, Metric metric) {
    return new NearestLabels(Neighbours.search(query, gallery, 3, metric), List.of(label), labels)
        .accuracyOfVote();
  }

  private static double squaredDistance(VectorSet a, int i, VectorSet b, int j) {
    double sum = 0;
    for (int d = 0; d < a.dimensions(); d++) {
      double difference = a.value(i, d) - b.value(j, d);
      sum += difference * difference;
    }
    return sum;
  }

  private static VectorSet random(Random random, int count, int dimensions) {
    return VectorSet.filled(
        count,
        dimensions,
        (row, target, offset) -> {
          for (int d = 0; d < dimensions; d++) {
            target[offset + d] = (float) random.nextGaussian();
          }
        });
  }
}
