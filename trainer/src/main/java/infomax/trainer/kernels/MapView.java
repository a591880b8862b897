package infomax.trainer.kernels;

/**
 * An image's rows of pixels of (y, x, channel).
 *
 * @param values the floats
 * @param rowFloats from one row to the next
 * @param pixelFloats from one pixel to the next
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record MapView(float[] values, int rowFloats, int pixelFloats) {

  static MapView create(int side, int channels) {
    return new MapView(new float[side * side * channels], side * channels, channels);
  }

  /** Where a pixel starts. */
  int at(int y, int x) {
    return y * rowFloats + x * pixelFloats;
  }
}
