package infomax.trainer.network;

import java.util.Arrays;
import java.util.List;

/**
 * Running mean and variance of every batch normalisation, as inference uses them. Immutable; owns
 * its arrays.
 */
public final class NormStatistics {

  private final float[][] means;
  private final float[][] variances;

  private NormStatistics(float[][] means, float[][] variances) {
    this.means = means;
    this.variances = variances;
  }

  /** Mean 0 and variance 1 everywhere: the statistics of an untrained network. */
  public static NormStatistics initial(NetworkShape shape) {
    List<Convolution> convolutions = shape.convolutions();
    float[][] means = new float[convolutions.size()][];
    float[][] variances = new float[convolutions.size()][];
    for (Convolution convolution : convolutions) {
      means[convolution.ordinal()] = new float[convolution.outputChannels()];
      variances[convolution.ordinal()] = new float[convolution.outputChannels()];
      Arrays.fill(variances[convolution.ordinal()], 1);
    }
    return new NormStatistics(means, variances);
  }

  /**
   * Copies the statistics given, one array per convolution, one value per output channel.
   *
   * @throws IllegalArgumentException if a length differs from the shape's channels
   */
  public static NormStatistics of(NetworkShape shape, float[][] means, float[][] variances) {
    List<Convolution> convolutions = shape.convolutions();
    if (means.length != convolutions.size() || variances.length != convolutions.size()) {
      throw new IllegalArgumentException(
          "statistics of %d and %d layers, expected %d"
              .formatted(means.length, variances.length, convolutions.size()));
    }
    for (Convolution convolution : convolutions) {
      int i = convolution.ordinal();
      if (means[i].length != convolution.outputChannels()
          || variances[i].length != convolution.outputChannels()) {
        throw new IllegalArgumentException(
            "statistics of %d and %d channels in layer %d, expected %d"
                .formatted(means[i].length, variances[i].length, i, convolution.outputChannels()));
      }
    }
    return new NormStatistics(copy(means), copy(variances));
  }

  /** These, a share of the way towards others of the same shape. */
  public NormStatistics towards(NormStatistics others, float share) {
    return new NormStatistics(
        towards(means, others.means, share), towards(variances, others.variances, share));
  }

  private static float[][] towards(float[][] from, float[][] to, float share) {
    float[][] between = copy(from);
    for (int layer = 0; layer < between.length; layer++) {
      for (int c = 0; c < between[layer].length; c++) {
        between[layer][c] += share * (to[layer][c] - between[layer][c]);
      }
    }
    return between;
  }

  /** Number of batch normalisations. */
  public int layers() {
    return means.length;
  }

  /** A copy of a layer's running mean, one value per channel. */
  public float[] mean(int layer) {
    return means[layer].clone();
  }

  /** A copy of a layer's running variance, one value per channel. */
  public float[] variance(int layer) {
    return variances[layer].clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NormStatistics that
        && Arrays.deepEquals(means, that.means)
        && Arrays.deepEquals(variances, that.variances);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(means) + Arrays.deepHashCode(variances);
  }

  private static float[][] copy(float[][] values) {
    float[][] copy = new float[values.length][];
    for (int i = 0; i < values.length; i++) {
      copy[i] = values[i].clone();
    }
    return copy;
  }
}
