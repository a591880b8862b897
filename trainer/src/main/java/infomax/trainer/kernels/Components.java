package infomax.trainer.kernels;

/**
 * For each Winograd component a matrix (tile, channel), row-major.
 *
 * @param values the floats
 * @param tiles rows of each matrix
 * @param channels columns of each matrix
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Components(float[] values, int tiles, int channels) {

  /**
   * Floats between two rows, which would otherwise often compete for the same places in a cache.
   */
  private static final int GAP = 16;

  /** Floats that the matrices need. */
  static int floats(int tiles, int channels) {
    return WinogradTransforms.COMPONENTS * componentFloats(tiles, channels);
  }

  private static int componentFloats(int tiles, int channels) {
    return CacheLines.oddFloats(tiles * (channels + GAP));
  }

  int componentFloats() {
    return componentFloats(tiles, channels);
  }

  /** From one tile to the next. */
  int rowFloats() {
    return channels + GAP;
  }

  /** Where a value lies. */
  int at(int component, int tile, int channel) {
    return component * componentFloats() + tile * rowFloats() + channel;
  }
}
