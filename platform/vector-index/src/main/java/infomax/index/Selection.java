package infomax.index;

import org.jspecify.annotations.Nullable;

/**
 * Which of the images found become hits.
 *
 * @param offset best ones to pass over, 0 or more; groups, if grouped
 * @param k hits wanted, at least 1; groups, if grouped; with the offset at most {@link #HITS_MAX}
 * @param minScore least score of a hit; negative infinity for none
 * @param diversity 0 ranks by score alone; towards 1 an image counts less the closer it is to those
 *     ranked before it (maximal marginal relevance, Carbonell and Goldstein 1998)
 * @param grouping how hits are grouped; null if they are not
 */
public record Selection(
    int offset, int k, double minScore, double diversity, @Nullable Grouping grouping) {

  /** Most hits of one search, those passed over included. */
  public static final int HITS_MAX = 10_000;

  /** Checks the ranges. */
  public Selection {
    if (k < 1 || offset < 0 || k > HITS_MAX - offset) {
      throw new IllegalArgumentException(
          "k is " + k + " after offset " + offset + ", expected 1 to " + HITS_MAX + " in total");
    }
    if (!(diversity >= 0 && diversity <= 1)) {
      throw new IllegalArgumentException("diversity is " + diversity + ", expected 0 to 1");
    }
    if (diversity > 0 && grouping != null) {
      throw new IllegalArgumentException("groups are ranked by score; expected diversity 0");
    }
  }

  /** The best {@code k}. */
  public static Selection best(int k) {
    return new Selection(0, k, Double.NEGATIVE_INFINITY, 0, null);
  }

  /** Ranks that are needed. */
  int reach() {
    return offset + k;
  }

  /** True if more than the ranks of the page is looked at. */
  boolean needsPool() {
    return diversity > 0 || grouping != null;
  }

  /**
   * Grouping by a value of metadata. An image without the key is in no group; one whose value is an
   * array of strings is in the group of each.
   *
   * @param key key of the value
   * @param size most hits of a group, at least 1
   */
  public record Grouping(String key, int size) {
    /** Checks the size. */
    public Grouping {
      if (size < 1) {
        throw new IllegalArgumentException("group size is " + size + ", expected at least 1");
      }
    }
  }
}
