package infomax.trainer.export;

/**
 * How real numbers are told by unsigned bytes: number = (byte - zeroPoint) x scale. 0 is told
 * exactly, so that padding is.
 *
 * @param scale above 0
 * @param zeroPoint the byte that means 0, 0 to 255
 */
record EightBits(float scale, int zeroPoint) {

  private static final int LEVELS = 255;

  /** Bytes for the numbers from {@code low} to {@code high}; what lies outside is clipped. */
  static EightBits of(float low, float high) {
    double from = Math.min(low, 0);
    double to = Math.max(high, 0);
    double scale = to > from ? (to - from) / LEVELS : 1;
    return new EightBits((float) scale, Math.clamp(Math.round(-from / scale), 0, LEVELS));
  }
}
