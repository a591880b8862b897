package infomax.trainer.evaluation;

import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.statistics.VectorSet;
import java.util.Arrays;

/** How far two encoders agree on what is similar. */
public final class Overlap {

  private Overlap() {}

  /**
   * The mean share, over all images, of the k nearest others by cosine that both encoders name.
   *
   * @param one an encoder's embeddings
   * @param other another's, of the same images in the same order
   * @return 0 to 1
   * @throws IllegalArgumentException if the sets are not equally large, or no larger than k
   */
  public static double at(int k, VectorSet one, VectorSet other) {
    if (one.count() != other.count() || one.count() <= k) {
      throw new IllegalArgumentException(
          "%d and %d vectors, expected as many of both, more than %d"
              .formatted(one.count(), other.count(), k));
    }
    Neighbours first = Neighbours.search(one, one, k + 1, Metric.COSINE);
    Neighbours second = Neighbours.search(other, other, k + 1, Metric.COSINE);
    long common = 0;
    for (int image = 0; image < one.count(); image++) {
      int[] left = others(first, image, k);
      int[] right = others(second, image, k);
      common +=
          Arrays.stream(left).filter(row -> Arrays.stream(right).anyMatch(r -> r == row)).count();
    }
    return common / ((double) k * one.count());
  }

  /** The mean cosine between two encoders' embeddings of the same images, in the same order. */
  public static double meanCosine(VectorSet one, VectorSet other) {
    VectorSet left = one.unit();
    VectorSet right = other.unit();
    double sum = 0;
    for (int image = 0; image < left.count(); image++) {
      for (int d = 0; d < left.dimensions(); d++) {
        sum += left.value(image, d) * (double) right.value(image, d);
      }
    }
    return sum / left.count();
  }

  /** An image is its own nearest, unless k others are equal to it. */
  private static int[] others(Neighbours neighbours, int image, int k) {
    return Arrays.stream(neighbours.of(image)).filter(row -> row != image).limit(k).toArray();
  }
}
