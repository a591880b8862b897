package infomax.imaging;

/** Turns pixels upright, as the eight EXIF orientations say. */
final class Orientation {

  private Orientation() {}

  /** The upright form of {@code pixels}, whose orientation is 1 to 8; itself if upright. */
  static RgbPixels upright(RgbPixels pixels, int orientation) {
    if (orientation == ExifOrientation.UPRIGHT) {
      return pixels;
    }
    boolean transposed = orientation >= 5;
    // Where the source coordinates run backwards as the upright ones grow.
    boolean flipX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean flipY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    RgbPixels upright =
        transposed
            ? RgbPixels.create(pixels.height(), pixels.width())
            : RgbPixels.create(pixels.width(), pixels.height());
    int at = 0;
    for (int y = 0; y < upright.height(); y++) {
      for (int x = 0; x < upright.width(); x++) {
        int alongX = transposed ? y : x;
        int alongY = transposed ? x : y;
        int sourceX = flipX ? pixels.width() - 1 - alongX : alongX;
        int sourceY = flipY ? pixels.height() - 1 - alongY : alongY;
        System.arraycopy(
            pixels.rgb(), 3 * (sourceY * pixels.width() + sourceX), upright.rgb(), at, 3);
        at += 3;
      }
    }
    return upright;
  }
}
