package infomax.trainer.kernels;

/**
 * Batch normalisation, LeakyReLU (slope 0.2) and max pooling over images [from, to) of a
 * mini-batch.
 *
 * <p>The pooling window is the ratio of the two sides given: 1 (no pooling), 2, or the whole map.
 * Gradients recompute what the forward pass did not keep. Among equal values the first pixel, row
 * by row, is the maximum.
 */
public interface NormKernels {

  /** Adds the sum of y and the sum of y^2 per channel to the sums. */
  void sums(Pixels y, int from, int to, ChannelSums sums);

  /** out = max over the window of leaky(scale * y + shift). */
  void activate(Pixels y, int from, int to, Affine affine, Pixels out);

  /**
   * Adds, per channel, the sum of g and the sum of g * y to the sums, g being the gradient with
   * respect to scale * y + shift that the gradient of {@code out} causes.
   */
  void gradientSums(
      Pixels y, int from, int to, Affine affine, Pixels outGradient, ChannelSums sums);

  /** Replaces y by the gradient with respect to y: factor * g + constant + slope * y. */
  void gradient(
      Pixels y, int from, int to, Affine affine, Pixels outGradient, NormGradient normGradient);
}
