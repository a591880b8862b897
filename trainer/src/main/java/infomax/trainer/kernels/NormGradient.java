package infomax.trainer.kernels;

/**
 * How a batch normalisation turns the gradient g of its output into that of its input y: factor * g
 * + constant + slope * y, per channel. The arrays are borrowed, not copied.
 *
 * @param factor scale over standard deviation
 * @param constant the part that the mini-batch's mean contributes
 * @param slope the part that the mini-batch's variance contributes
 */
@SuppressWarnings("ArrayRecordComponent") // shared scratch on purpose; never compared
public record NormGradient(float[] factor, float[] constant, float[] slope) {

  /** Zero-filled arrays for that many channels. */
  public static NormGradient create(int channels) {
    return new NormGradient(new float[channels], new float[channels], new float[channels]);
  }
}
