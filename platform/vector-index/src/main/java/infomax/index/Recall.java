package infomax.index;

import infomax.index.SearchAnswer.Hit;
import java.util.List;
import java.util.OptionalDouble;

/** Recall@10: the share of the exact ten nearest that search along the graph finds. */
public final class Recall {

  /** The k of recall@k. */
  public static final int NEAREST = 10;

  /** Two images this close in score are equally near; which one comes first is chance. */
  private static final double SCORE_TOLERANCE = 1e-6;

  private Recall() {}

  /**
   * Mean recall@10 by cosine over images of the index itself, each searched for without itself and
   * with the candidates a search has by default.
   *
   * @param queries how many images
   * @param seed picks them
   * @param deadline when to give up
   * @return 0 to 1; empty if the index holds fewer than two images
   * @throws Deadline.OutOfTimeException if the deadline passes
   */
  public static OptionalDouble measure(
      PublishedIndex index, int queries, long seed, Deadline deadline) {
    return index.sample(queries, seed).stream()
        .mapToDouble(image -> of(image, index, deadline))
        .filter(recall -> !Double.isNaN(recall))
        .average();
  }

  /** NaN if the image is alone. */
  private static double of(IndexedImage image, PublishedIndex index, Deadline deadline) {
    List<Hit> exact = search(image, true, index, deadline);
    if (exact.isEmpty()) {
      return Double.NaN;
    }
    double worst = exact.getLast().score() - SCORE_TOLERANCE;
    long found =
        search(image, false, index, deadline).stream().filter(hit -> hit.score() >= worst).count();
    return (double) found / exact.size();
  }

  /** One more than the ten is searched for, as anybody would, since the image finds itself. */
  private static List<Hit> search(
      IndexedImage image, boolean exact, PublishedIndex index, Deadline deadline) {
    int k = NEAREST + 1;
    VectorQuery query =
        VectorQuery.nearest(QueryVector.of(image), k, exact, Metric.COSINE)
            .with(new Effort(exact, Effort.defaultCandidates(k), deadline));
    return index.search(query).hits().stream()
        .filter(hit -> !hit.image().id().equals(image.id()))
        .limit(NEAREST)
        .toList();
  }
}
