package infomax.search.shadow;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How alike two rankings without repetitions are. */
final class RankedOverlap {

  private RankedOverlap() {}

  /**
   * Share of the first {@code depth} of either that both have, 0 to 1. Where both are shorter, of
   * the longer one; two empty rankings are alike.
   */
  static double at(int depth, List<?> one, List<?> other) {
    List<?> left = top(depth, one);
    List<?> right = top(depth, other);
    int longer = Math.max(left.size(), right.size());
    if (longer == 0) {
      return 1;
    }
    Set<Object> shared = new HashSet<>(left);
    shared.retainAll(new HashSet<>(right));
    return (double) shared.size() / longer;
  }

  /**
   * Rank-biased overlap, extrapolated from what is seen, 0 to 1: the mean agreement over depths,
   * where a reader goes on to the next rank with probability {@code p}. Of two rankings of unlike
   * length the longer one is cut; two empty ones are alike.
   *
   * <p>RBO_ext of Webber, Moffat and Zobel, A Similarity Measure for Indefinite Rankings, ACM TOIS
   * 28(4), 2010, equation 23: X_k/k p^k + (1-p)/p sum over d = 1..k of X_d/d p^d, where X_d is how
   * many of the first d both have.
   *
   * @param p persistence, above 0 and below 1; with 0.9 the first ten ranks have 86 % of the weight
   */
  static double rankBiased(double p, List<?> one, List<?> other) {
    int depth = Math.min(one.size(), other.size());
    if (depth == 0) {
      return one.size() == other.size() ? 1 : 0;
    }
    Set<Object> left = new HashSet<>();
    Set<Object> right = new HashSet<>();
    int shared = 0;
    double sum = 0;
    double power = 1;
    double agreement = 0;
    for (int rank = 0; rank < depth; rank++) {
      Object fromOne = one.get(rank);
      Object fromOther = other.get(rank);
      left.add(fromOne);
      right.add(fromOther);
      if (fromOne.equals(fromOther)) {
        shared++;
      } else {
        shared += (right.contains(fromOne) ? 1 : 0) + (left.contains(fromOther) ? 1 : 0);
      }
      power *= p;
      agreement = (double) shared / (rank + 1);
      sum += agreement * power;
    }
    return agreement * power + (1 - p) / p * sum;
  }

  private static List<?> top(int depth, List<?> ranking) {
    return ranking.subList(0, Math.min(depth, ranking.size()));
  }
}
