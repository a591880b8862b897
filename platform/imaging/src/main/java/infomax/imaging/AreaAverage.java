package infomax.imaging;

/**
 * Resampling by exact area average: every output pixel is the mean of the source area it covers,
 * fractions included. Works the same when it enlarges. Strict floating point, so the same input
 * gives the same output everywhere.
 */
final class AreaAverage {

  private AreaAverage() {}

  /** The whole picture at another size. */
  static RgbPixels resize(RgbPixels source, int width, int height) {
    return resize(source, 0, 0, source.width(), source.height(), width, height);
  }

  /** The largest centred square of the picture, at {@code side} x {@code side}. */
  static RgbPixels centreSquare(RgbPixels source, int side) {
    int square = Math.min(source.width(), source.height());
    return resize(
        source,
        (source.width() - square) / 2,
        (source.height() - square) / 2,
        square,
        square,
        side,
        side);
  }

  private static RgbPixels resize(
      RgbPixels source, int left, int top, int fromWidth, int fromHeight, int width, int height) {
    Cover columns = Cover.of(fromWidth, width);
    Cover rows = Cover.of(fromHeight, height);
    RgbPixels target = RgbPixels.create(width, height);
    float[] sum = new float[3 * width];
    float[] row = new float[3 * width];
    int rowInHand = -1;
    for (int y = 0; y < height; y++) {
      java.util.Arrays.fill(sum, 0);
      for (int tap = 0; tap < rows.count[y]; tap++) {
        int sourceRow = rows.first[y] + tap;
        if (sourceRow != rowInHand) {
          narrow(source, left, top + sourceRow, columns, row);
          rowInHand = sourceRow;
        }
        float weight = rows.weight[y * rows.stride + tap];
        for (int at = 0; at < sum.length; at++) {
          sum[at] += weight * row[at];
        }
      }
      int out = y * sum.length;
      for (int at = 0; at < sum.length; at++) {
        target.rgb()[out + at] = (byte) (int) (sum[at] + 0.5f);
      }
    }
    return target;
  }

  /** Averages one source row along x. */
  private static void narrow(RgbPixels source, int left, int y, Cover columns, float[] row) {
    byte[] rgb = source.rgb();
    int begin = 3 * (y * source.width() + left);
    for (int x = 0; x < columns.count.length; x++) {
      float red = 0;
      float green = 0;
      float blue = 0;
      int at = begin + 3 * columns.first[x];
      int taps = x * columns.stride;
      for (int tap = 0; tap < columns.count[x]; tap++, at += 3) {
        float weight = columns.weight[taps + tap];
        red += weight * (rgb[at] & 0xff);
        green += weight * (rgb[at + 1] & 0xff);
        blue += weight * (rgb[at + 2] & 0xff);
      }
      row[3 * x] = red;
      row[3 * x + 1] = green;
      row[3 * x + 2] = blue;
    }
  }

  /** Which source pixels each output pixel covers along one axis, and by how much. */
  @SuppressWarnings("ArrayRecordComponent") // private table; never compared
  private record Cover(int[] first, int[] count, int stride, float[] weight) {

    static Cover of(int from, int to) {
      int stride = (from + to - 1) / to + 1;
      Cover cover = new Cover(new int[to], new int[to], stride, new float[to * stride]);
      for (int out = 0; out < to; out++) {
        // In units of 1/to of a source pixel everything is a whole number, so nothing is lost.
        long begin = (long) out * from;
        long end = begin + from;
        int first = (int) (begin / to);
        int last = (int) ((end - 1) / to);
        cover.first[out] = first;
        cover.count[out] = last - first + 1;
        for (int pixel = first; pixel <= last; pixel++) {
          long covered = Math.min(end, (pixel + 1L) * to) - Math.max(begin, (long) pixel * to);
          cover.weight[out * stride + pixel - first] = (float) ((double) covered / from);
        }
      }
      return cover;
    }
  }
}
