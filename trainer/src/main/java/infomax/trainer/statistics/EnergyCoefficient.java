package infomax.trainer.statistics;

/**
 * How different two sets of vectors are distributed: the energy distance (2 E|x - y| - E|x - x'| -
 * E|y - y'|) as a share of 2 E|x - y|. About 0 where both are drawn from one distribution, 1 where
 * each set is a single point and they differ. Distances are between the vectors scaled to length 1,
 * as cosine search sees them.
 *
 * @see <a href="https://doi.org/10.1016/j.jspi.2013.03.018">Szekely and Rizzo, "Energy statistics",
 *     2013</a>
 */
public final class EnergyCoefficient {

  private static final double ROUNDING = 1e-5;

  private EnergyCoefficient() {}

  /**
   * The coefficient. Pairs of a vector with itself are left out, so it is unbiased whatever the
   * sizes, and can be slightly below 0.
   *
   * @throws IllegalArgumentException if a set has fewer than 2 vectors
   */
  public static double of(VectorSet first, VectorSet second) {
    if (first.count() < 2 || second.count() < 2) {
      throw new IllegalArgumentException(
          "%d and %d vectors, expected at least 2 of each"
              .formatted(first.count(), second.count()));
    }
    VectorSet left = first.unit();
    VectorSet right = second.unit();
    double across = 2 * sum(left, right) / ((double) left.count() * right.count());
    if (across == 0) {
      return 0;
    }
    return (across - within(left) - within(right)) / across;
  }

  private static double within(VectorSet set) {
    return sum(set, set) / ((double) set.count() * (set.count() - 1));
  }

  private static double sum(VectorSet left, VectorSet right) {
    double sum = 0;
    for (float cosine : MatrixProduct.of(left, right)) {
      // A vector and itself differ by what single precision leaves of 1 - 1.
      double squared = 2 - 2 * (double) cosine;
      sum += squared > ROUNDING ? Math.sqrt(squared) : 0;
    }
    return sum;
  }
}
