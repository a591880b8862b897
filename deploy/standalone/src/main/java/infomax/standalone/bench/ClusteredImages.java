package infomax.standalone.bench;

import infomax.events.ImageId;
import infomax.standalone.demo.image.ImageSource;
import infomax.standalone.demo.image.SourceImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Endless JPEGs of 32 x 32 pixels in 500 clusters: each cluster is a colour layout of 4 x 4, each
 * image that layout moved a little, with grain. Cheap to make, so that making them takes little of
 * the machine that is measured. Image {@code n} depends on the seed and {@code n} alone.
 */
public final class ClusteredImages implements ImageSource {

  /** Side in pixels. */
  static final int SIDE = 32;

  private static final int CLUSTERS = 500;
  private static final int CELLS = 4;
  private static final int CHANNELS = 3;
  private static final double SPREAD = 18;
  private static final double GRAIN = 8;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long seed;
  private final ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
  private long number;

  /**
   * A sequence of images.
   *
   * @param seed the same seed gives the same images
   * @param from number of the first image
   */
  public ClusteredImages(long seed, long from) {
    this.seed = seed;
    this.number = from;
  }

  @Override
  public Optional<SourceImage> next() {
    return Optional.of(take());
  }

  /** The next image; there always is one. */
  SourceImage take() {
    long index = number++;
    SplittableRandom random = new SplittableRandom((seed + 1) * GOLDEN_GAMMA ^ mix(index + 1));
    int cluster = random.nextInt(CLUSTERS);
    return new SourceImage(id(index), "cluster-" + cluster, jpeg(render(cluster, random)));
  }

  /** The id of image {@code index}. */
  static ImageId id(long index) {
    return new ImageId(String.format(Locale.ROOT, "bench/%08d", index));
  }

  @Override
  public String description() {
    return "generated images, 32 px, " + CLUSTERS + " clusters";
  }

  @Override
  public void close() {
    writer.dispose();
  }

  private BufferedImage render(int cluster, SplittableRandom random) {
    SplittableRandom layout = new SplittableRandom(seed * GOLDEN_GAMMA + mix(cluster));
    double[] cells = new double[CELLS * CELLS * CHANNELS];
    for (int cell = 0; cell < cells.length; cell++) {
      cells[cell] = layout.nextDouble(30, 225) + SPREAD * random.nextGaussian();
    }
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    double scale = (CELLS - 1) / (double) (SIDE - 1);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double grain = GRAIN * random.nextDouble(-1, 1);
        int rgb = 0;
        for (int channel = 0; channel < CHANNELS; channel++) {
          double level = between(cells, channel, x * scale, y * scale) + grain;
          rgb = rgb << 8 | (int) Math.clamp(level, 0, 255);
        }
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  /** Bilinear interpolation between the four cells around a point. */
  private static double between(double[] cells, int channel, double x, double y) {
    int left = (int) Math.min(x, CELLS - 2);
    int top = (int) Math.min(y, CELLS - 2);
    double right = x - left;
    double below = y - top;
    return (1 - below)
            * ((1 - right) * cell(cells, channel, left, top)
                + right * cell(cells, channel, left + 1, top))
        + below
            * ((1 - right) * cell(cells, channel, left, top + 1)
                + right * cell(cells, channel, left + 1, top + 1));
  }

  private static double cell(double[] cells, int channel, int x, int y) {
    return cells[(y * CELLS + x) * CHANNELS + channel];
  }

  private byte[] jpeg(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(2048);
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(image);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    writer.reset();
    return bytes.toByteArray();
  }

  /** Neighbouring numbers give unrelated streams. */
  private static long mix(long value) {
    return new SplittableRandom(value).nextLong();
  }
}
