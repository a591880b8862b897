package infomax.trainer.kernels;

/**
 * One scale and one shift per channel: t = scale * y + shift. The arrays are borrowed, not copied:
 * the owner fills them anew for every step.
 *
 * @param scale factor per channel
 * @param shift summand per channel
 */
@SuppressWarnings("ArrayRecordComponent") // shared scratch on purpose; never compared
public record Affine(float[] scale, float[] shift) {

  /** Zero-filled arrays for that many channels. */
  public static Affine create(int channels) {
    return new Affine(new float[channels], new float[channels]);
  }
}
