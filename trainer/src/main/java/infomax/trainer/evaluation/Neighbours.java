package infomax.trainer.evaluation;

import infomax.trainer.statistics.MatrixProduct;
import infomax.trainer.statistics.VectorSet;
import java.util.stream.IntStream;

/**
 * The exact nearest gallery vectors of queries, nearest first; equal distances go to the lower
 * gallery row. Immutable; owns its arrays.
 */
public final class Neighbours {

  /** Queries whose distances are held at once. */
  private static final int TILE = 256;

  private final Metric metric;
  private final int[][] rows;
  private final double[][] closeness;

  private Neighbours(Metric metric, int[][] rows, double[][] closeness) {
    this.metric = metric;
    this.rows = rows;
    this.closeness = closeness;
  }

  /** How far two vectors are apart. */
  public enum Metric {
    /** By angle: the dot product of the unit vectors. */
    COSINE,
    /** By distance of the vectors as they are. */
    EUCLIDEAN
  }

  /**
   * Searches all of the gallery.
   *
   * @param k neighbours per query; fewer if the gallery is smaller
   */
  public static Neighbours search(VectorSet queries, VectorSet gallery, int k, Metric metric) {
    VectorSet from = metric == Metric.COSINE ? queries.unit() : queries;
    VectorSet to = metric == Metric.COSINE ? gallery.unit() : gallery;
    // Half the squared length turns a dot product into an order by distance: a.b - |b|^2 / 2.
    double[] penalty =
        metric == Metric.EUCLIDEAN ? to.squaredLengths() : new double[gallery.count()];
    int[][] rows = new int[queries.count()][];
    double[][] closeness = new double[queries.count()][];
    try (MatrixProduct product = new MatrixProduct(to)) {
      for (int begin = 0; begin < queries.count(); begin += TILE) {
        int first = begin;
        int end = Math.min(begin + TILE, queries.count());
        float[] products = product.with(from.range(begin, end));
        IntStream.range(begin, end)
            .parallel()
            .forEach(
                query -> {
                  int offset = (query - first) * gallery.count();
                  rows[query] = new int[Math.min(k, gallery.count())];
                  closeness[query] = pick(products, offset, penalty, rows[query]);
                });
      }
    }
    return new Neighbours(metric, rows, closeness);
  }

  /** Number of queries. */
  public int queries() {
    return rows.length;
  }

  /** Gallery rows nearest to a query, a copy. */
  public int[] of(int query) {
    return rows[query].clone();
  }

  /**
   * Cosine of a query and one of its neighbours.
   *
   * @param place 0 for the nearest
   * @throws IllegalStateException if the search was not by cosine
   */
  public double cosine(int query, int place) {
    if (metric != Metric.COSINE) {
      throw new IllegalStateException("searched by " + metric + ", expected by COSINE");
    }
    return closeness[query][place];
  }

  /** Fills {@code best} and returns how close each is. */
  private static double[] pick(float[] products, int offset, double[] penalty, int[] best) {
    double[] closeness = new double[best.length];
    int found = 0;
    for (int row = 0; row < penalty.length; row++) {
      double close = products[offset + row] - penalty[row] / 2;
      // NaN compares false everywhere and so is never among the nearest.
      if (found == best.length && !(close > closeness[found - 1])) {
        continue;
      }
      int place = found < best.length ? found++ : found - 1;
      while (place > 0 && close > closeness[place - 1]) {
        closeness[place] = closeness[place - 1];
        best[place] = best[place - 1];
        place--;
      }
      closeness[place] = close;
      best[place] = row;
    }
    return closeness;
  }
}
