package infomax.trainer.view;

import java.util.random.RandomGenerator;

/**
 * Paints random views, all of one size, of images of one size. Keeps scratch space: not safe for
 * use by several threads.
 */
public final class ViewPainter {

  private static final int CHANNELS = 3;
  private static final int CROP_ATTEMPTS = 10;

  // ITU-R BT.601, as everywhere in image augmentation.
  private static final float RED = 0.299f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  private final int side;
  private final int viewSide;
  private final Augmentation augmentation;
  private final Taps columns;
  private final Taps rows;
  private final float[] planes;

  /**
   * A painter.
   *
   * @param side height and width of the images in pixels
   * @param viewSide height and width of the views in pixels
   */
  public ViewPainter(int side, int viewSide, Augmentation augmentation) {
    this.side = side;
    this.viewSide = viewSide;
    this.augmentation = augmentation;
    this.columns = new Taps(side, viewSide);
    this.rows = new Taps(side, viewSide);
    this.planes = new float[CHANNELS * viewSide * viewSide];
  }

  /** A painter of views as large as the images. */
  public ViewPainter(int side, Augmentation augmentation) {
    this(side, side, augmentation);
  }

  /** Bytes of a view: 3 x side x side (channel R G B, y, x). */
  public int viewBytes() {
    return planes.length;
  }

  /**
   * Paints a view of the image that begins at {@code source[from]} into {@code target}, from {@code
   * to} on.
   */
  public void paint(byte[] source, int from, byte[] target, int to, RandomGenerator random) {
    crop(random);
    sample(source, from);
    colour(random);
    for (int i = 0; i < planes.length; i++) {
      target[to + i] = (byte) (int) (Math.clamp(planes[i], 0f, 255f) + 0.5f);
    }
  }

  private void crop(RandomGenerator random) {
    double width = side;
    double height = side;
    for (int attempt = 0; attempt < CROP_ATTEMPTS; attempt++) {
      double area = 1 - (1 - augmentation.areaMin()) * random.nextDouble();
      double logAspect = Math.log(augmentation.aspectMax()) * (2 * random.nextDouble() - 1);
      double across = side * Math.sqrt(area * Math.exp(logAspect));
      double down = side * Math.sqrt(area / Math.exp(logAspect));
      if (across <= side && down <= side) {
        width = across;
        height = down;
        break;
      }
    }
    columns.set((side - width) * random.nextDouble(), width, random.nextBoolean());
    rows.set((side - height) * random.nextDouble(), height, false);
  }

  private void sample(byte[] source, int from) {
    for (int channel = 0; channel < CHANNELS; channel++) {
      int plane = from + channel * side * side;
      for (int y = 0; y < viewSide; y++) {
        int upper = plane + rows.first[y] * side;
        int lower = plane + rows.second[y] * side;
        sampleRow(source, upper, lower, rows.share[y], (channel * viewSide + y) * viewSide);
      }
    }
  }

  /** Bilinear interpolation. */
  private void sampleRow(byte[] source, int upper, int lower, float shareY, int out) {
    for (int x = 0; x < viewSide; x++) {
      int left = columns.first[x];
      int right = columns.second[x];
      float share = columns.share[x];
      int aboveLeft = source[upper + left] & 0xff;
      int belowLeft = source[lower + left] & 0xff;
      float above = aboveLeft + share * ((source[upper + right] & 0xff) - aboveLeft);
      float below = belowLeft + share * ((source[lower + right] & 0xff) - belowLeft);
      planes[out + x] = above + shareY * (below - above);
    }
  }

  private void colour(RandomGenerator random) {
    float brightness = factor(augmentation.brightness(), random);
    float contrast = factor(augmentation.contrast(), random);
    float saturation = factor(augmentation.saturation(), random);
    if (random.nextDouble() < augmentation.greyShare()) {
      saturation = 0;
    }
    int pixels = viewSide * viewSide;
    double sum = 0;
    for (int i = 0; i < pixels; i++) {
      sum += grey(i, pixels);
    }
    float offset = (1 - contrast) * brightness * (float) (sum / pixels);
    float scale = brightness * contrast;
    for (int i = 0; i < pixels; i++) {
      float grey = grey(i, pixels);
      for (int at = i; at < planes.length; at += pixels) {
        planes[at] = scale * (grey + saturation * (planes[at] - grey)) + offset;
      }
    }
  }

  private float grey(int pixel, int pixels) {
    return RED * planes[pixel] + GREEN * planes[pixels + pixel] + BLUE * planes[2 * pixels + pixel];
  }

  private static float factor(double change, RandomGenerator random) {
    return (float) (1 + change * (2 * random.nextDouble() - 1));
  }

  /** Which two source pixels each output pixel lies between along one axis, and where. */
  private static final class Taps {
    private final int[] first;
    private final int[] second;
    private final float[] share;
    private final int side;

    /**
     * Taps.
     *
     * @param side source pixels
     * @param viewSide output pixels
     */
    Taps(int side, int viewSide) {
      this.side = side;
      this.first = new int[viewSide];
      this.second = new int[viewSide];
      this.share = new float[viewSide];
    }

    void set(double begin, double length, boolean mirrored) {
      int outputs = first.length;
      for (int out = 0; out < outputs; out++) {
        int place = mirrored ? outputs - 1 - out : out;
        double at = Math.clamp(begin + (place + 0.5) * length / outputs - 0.5, 0.0, side - 1.0);
        first[out] = (int) at;
        second[out] = Math.min(first[out] + 1, side - 1);
        share[out] = (float) (at - first[out]);
      }
    }
  }
}
