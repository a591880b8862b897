package infomax.index;

/**
 * A search for the nearest images.
 *
 * @param vector direction of the query's embedding
 * @param norm length of the query's embedding; counts for {@link Metric#EUCLIDEAN} only
 * @param k hits wanted, 1 to {@link #K_MAX}
 * @param candidates images the approximate search looks at closely, at least k, at most {@link
 *     #CANDIDATES_MAX}; more finds more of the true nearest and takes longer
 * @param exact true to score every image
 * @param metric how close is measured
 */
public record VectorQuery(
    UnitVector vector, double norm, int k, int candidates, boolean exact, Metric metric) {

  /** Most hits of one search. */
  public static final int K_MAX = 10_000;

  /** Most candidates of one search. */
  public static final int CANDIDATES_MAX = 20_000;

  /** Candidates for {@code k} hits where nobody says otherwise. */
  public static int defaultCandidates(int k) {
    return Math.min(CANDIDATES_MAX, Math.max(100, 2 * k));
  }

  /** Checks the ranges. */
  public VectorQuery {
    if (k < 1 || k > K_MAX) {
      throw new IllegalArgumentException("k is " + k + ", expected 1 to " + K_MAX);
    }
    if (candidates < k || candidates > CANDIDATES_MAX) {
      throw new IllegalArgumentException(
          "candidates is " + candidates + ", expected k (" + k + ") to " + CANDIDATES_MAX);
    }
    if (!(norm > 0) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException("norm is " + norm + ", expected a finite number above 0");
    }
  }
}
