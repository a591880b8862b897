package infomax.index;

/**
 * How much a search may cost.
 *
 * @param exact true to score every image that matches
 * @param candidates images the approximate search looks at closely, 1 to {@link #CANDIDATES_MAX};
 *     more finds more of the true nearest and takes longer
 * @param deadline when to give up
 */
public record Effort(boolean exact, int candidates, Deadline deadline) {

  /** Most candidates of one search. */
  public static final int CANDIDATES_MAX = 20_000;

  /** Checks the range. */
  public Effort {
    if (candidates < 1 || candidates > CANDIDATES_MAX) {
      throw new IllegalArgumentException(
          "candidates is " + candidates + ", expected 1 to " + CANDIDATES_MAX);
    }
  }

  /** Candidates for {@code hits} hits where nobody says otherwise. */
  public static int defaultCandidates(int hits) {
    return Math.min(CANDIDATES_MAX, Math.max(100, 2 * hits));
  }
}
