package infomax.trainer.engine;

/**
 * One batch normalisation's running mean and unbiased variance per channel. The arrays are open to
 * this package; not safe for use by several threads.
 */
final class RunningStatistics {

  private final float[] mean;
  private final float[] variance;

  RunningStatistics(int channels) {
    mean = new float[channels];
    variance = new float[channels];
  }

  float[] mean() {
    return mean;
  }

  float[] variance() {
    return variance;
  }

  void set(float[] newMean, float[] newVariance) {
    System.arraycopy(newMean, 0, mean, 0, mean.length);
    System.arraycopy(newVariance, 0, variance, 0, variance.length);
  }

  /** value = momentum * value + (1 - momentum) * observed, for one channel. */
  void follow(int channel, double observedMean, double observedVariance, double momentum) {
    mean[channel] = (float) (momentum * mean[channel] + (1 - momentum) * observedMean);
    variance[channel] = (float) (momentum * variance[channel] + (1 - momentum) * observedVariance);
  }
}
