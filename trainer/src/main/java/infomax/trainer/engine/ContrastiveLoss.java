package infomax.trainer.engine;

import java.util.Arrays;

/**
 * InfoNCE over all pairs of images and locations, from a matrix of cosines (image i, location (j,
 * l)): the mean of two cross-entropies, "location (j, l) -> which image" over the column, and
 * "image i -> its own location (i, l) against the locations of the other images" over the row. With
 * one location per image it is the symmetric loss between two sets of projections.
 *
 * <p>Keeps scratch space: not safe for use by several threads.
 */
final class ContrastiveLoss {

  private final int images;
  private final int locations;
  private final double temperature;
  private final double[] exponentials;
  private final double[] columnSums;

  ContrastiveLoss(int images, int locations, double temperature) {
    this.images = images;
    this.locations = locations;
    this.temperature = temperature;
    this.exponentials = new double[images * images * locations];
    this.columnSums = new double[images * locations];
  }

  int images() {
    return images;
  }

  int locations() {
    return locations;
  }

  /**
   * Computes the loss and replaces the cosines by its gradient.
   *
   * @param cosines (image, image and location), row-major; overwritten
   * @param weight factor of the gradient, not of the loss returned
   */
  double apply(float[] cosines, double weight) {
    int columns = images * locations;
    exponentiate(cosines);
    double factor = weight / (2.0 * columns * temperature);
    double loss = 0;
    for (int i = 0; i < images; i++) {
      int row = i * columns;
      int own = i * locations;
      double others = sum(row, row + own) + sum(row + own + locations, row + columns);
      double inverse = 0;
      for (int c = own; c < own + locations; c++) {
        double candidates = others + exponentials[row + c];
        loss += Math.log(columnSums[c]) + Math.log(candidates) - 2 * scaled(cosines[row + c]);
        inverse += 1 / candidates;
      }
      for (int c = 0; c < columns; c++) {
        double exponential = exponentials[row + c];
        boolean positive = c >= own && c < own + locations;
        double byColumn = exponential / columnSums[c] - (positive ? 1 : 0);
        double byRow = positive ? -others / (others + exponential) : exponential * inverse;
        cosines[row + c] = (float) (factor * (byColumn + byRow));
      }
    }
    return loss / (2.0 * columns);
  }

  private void exponentiate(float[] cosines) {
    Arrays.fill(columnSums, 0);
    for (int i = 0; i < exponentials.length; i++) {
      exponentials[i] = Math.exp(scaled(cosines[i]));
      columnSums[i % columnSums.length] += exponentials[i];
    }
  }

  private double sum(int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += exponentials[i];
    }
    return sum;
  }

  /** Cosines do not exceed 1, so neither do the exponentials, and no maximum need be found. */
  private double scaled(float cosine) {
    return (cosine - 1) / temperature;
  }
}
