package infomax.indexer.rollout.verification;

import infomax.events.ImageId;
import infomax.index.IndexedImage;
import infomax.index.Metric;
import infomax.index.PublishedIndex;
import infomax.index.QueryVector;
import infomax.index.SearchAnswer.Hit;
import infomax.index.VectorQuery;
import java.util.List;

/** Recall@10: the share of the exact ten nearest that approximate search finds. */
final class Recall {

  private static final int NEAREST = 10;

  /** Two images this close in score are equally near; which one comes first is chance. */
  private static final double SCORE_TOLERANCE = 1e-6;

  private Recall() {}

  /**
   * Mean recall@10 over images of the index itself, each searched for without itself.
   *
   * @param queries how many images, picked by {@code seed}
   * @return 0 to 1; 1 if the index holds fewer than two images
   */
  static double measure(PublishedIndex index, int queries, long seed) {
    double sum = 0;
    int measured = 0;
    for (IndexedImage image : index.sample(queries, seed)) {
      List<Hit> exact = search(index, image, true);
      if (exact.isEmpty()) {
        continue;
      }
      double worst = exact.getLast().score() - SCORE_TOLERANCE;
      long found = search(index, image, false).stream().filter(hit -> hit.score() >= worst).count();
      sum += Math.min(1, (double) found / exact.size());
      measured++;
    }
    return measured == 0 ? 1 : sum / measured;
  }

  private static List<Hit> search(PublishedIndex index, IndexedImage image, boolean exact) {
    int k = NEAREST + 1;
    VectorQuery query = VectorQuery.nearest(QueryVector.of(image), k, exact, Metric.COSINE);
    ImageId self = image.id();
    return index.search(query).hits().stream()
        .filter(hit -> !hit.image().id().equals(self))
        .limit(NEAREST)
        .toList();
  }
}
