package infomax.standalone.demo.image;

import infomax.events.ImageId;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Endless images of 96 x 96 pixels in 16 classes, four shapes times four textures. Colours, layout,
 * size, rotation, lighting and noise vary within a class, so that neighbours by pixels are rarely
 * of one class. The image number {@code n} depends on the seed and {@code n} alone; ids come from a
 * ring, so that an endless stream fills a bounded log.
 */
public final class GeneratedImages implements ImageSource {

  /** Side in pixels. */
  public static final int SIDE = 96;

  private static final List<Shape> CLASSIC_SHAPES =
      List.of(Shape.DISC, Shape.SQUARE, Shape.TRIANGLE, Shape.STAR);
  private static final List<Shape> ALL_SHAPES = List.of(Shape.values());
  private static final List<Texture> CLASSIC_TEXTURES =
      List.of(Texture.STRIPES, Texture.CHECKS, Texture.DOTS, Texture.RINGS);
  private static final List<Texture> ALL_TEXTURES = List.of(Texture.values());

  private static final double NOISE = 0.05;
  private static final double GROUND_LEVEL = 0.5;
  private static final double INK_LEVEL = 0.2;
  private static final double PAPER_LEVEL = 0.85;

  private final long seed;
  private final int ring;
  private final long driftFrom;
  private final ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
  private long number;

  /**
   * A stream of generated images.
   *
   * @param seed the same seed gives the same images
   * @param ring number of ids in use
   * @param driftFrom number of the first image that may be of a new class; {@link Long#MAX_VALUE}
   *     for never
   * @param from number of the first image
   */
  public GeneratedImages(long seed, int ring, long driftFrom, long from) {
    this.seed = seed;
    this.ring = ring;
    this.driftFrom = driftFrom;
    this.number = from;
  }

  @Override
  public Optional<SourceImage> next() {
    return Optional.of(image(number++));
  }

  /** Without making it, which takes about a millisecond. */
  @Override
  public boolean skip() {
    number++;
    return true;
  }

  @Override
  public String description() {
    return "generated images, 96 px, 16 classes = shape x texture";
  }

  @Override
  public void close() {
    writer.dispose();
  }

  private SourceImage image(long index) {
    SplittableRandom random = new SplittableRandom(mix(seed * 0x9E3779B97F4A7C15L + index));
    boolean drifted = index >= driftFrom;
    Shape shape = pick(drifted ? ALL_SHAPES : CLASSIC_SHAPES, random);
    Texture texture = pick(drifted ? ALL_TEXTURES : CLASSIC_TEXTURES, random);
    String label = (shape.name() + "-" + texture.name()).toLowerCase(Locale.ROOT);
    ImageId id = new ImageId(String.format(Locale.ROOT, "generated/%06d", index % ring));
    return new SourceImage(id, label, jpeg(render(shape, texture, random)));
  }

  /**
   * One object, sometimes two of the same kind, on a noisy ground. Colour and light wander over the
   * image, so that they tell neither its class nor, taken together, which image it is.
   */
  private static BufferedImage render(Shape shape, Texture texture, SplittableRandom random) {
    ColourField ground = ColourField.random(random, 0.3);
    ColourField ink = ColourField.random(random, 0.2);
    ColourField paper = ColourField.random(random, 0.2);
    double period = random.nextDouble(14, 18);
    int count = random.nextInt(4) == 0 ? 2 : 1;
    GeneratedObject[] objects = new GeneratedObject[count];
    for (int index = 0; index < count; index++) {
      double radius = random.nextDouble(0.30, 0.44) * SIDE / Math.sqrt(count);
      objects[index] =
          new GeneratedObject(
              random.nextDouble(radius * 0.8, SIDE - radius * 0.8),
              random.nextDouble(radius * 0.8, SIDE - radius * 0.8),
              radius,
              random.nextDouble(-0.3, 0.3),
              random.nextDouble(period),
              random.nextDouble(period));
    }
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        Paint paint = paint(shape, texture, objects, period, x, y);
        double grain = NOISE * (random.nextDouble() + random.nextDouble() - 1);
        int at = 3 * (y * SIDE + x);
        switch (paint) {
          case GROUND -> ground.put(GROUND_LEVEL + grain, x, y, bgr, at);
          case INK -> ink.put(INK_LEVEL + grain, x, y, bgr, at);
          case PAPER -> paper.put(PAPER_LEVEL + grain, x, y, bgr, at);
        }
      }
    }
    return image;
  }

  private enum Paint {
    GROUND,
    INK,
    PAPER
  }

  private static Paint paint(
      Shape shape, Texture texture, GeneratedObject[] objects, double period, int x, int y) {
    for (GeneratedObject object : objects) {
      double dx = x - object.x;
      double dy = y - object.y;
      if (Math.abs(dx) > object.reach || Math.abs(dy) > object.reach) {
        continue;
      }
      double across = object.cos * dx + object.sin * dy;
      double down = object.cos * dy - object.sin * dx;
      if (shape.contains(across / object.radius, down / object.radius)) {
        return texture.inked(across + object.textureX, down + object.textureY, period)
            ? Paint.INK
            : Paint.PAPER;
      }
    }
    return Paint.GROUND;
  }

  /** Where an object lies, in pixels and radians, and where its texture begins. */
  private static final class GeneratedObject {
    private final double x;
    private final double y;
    private final double radius;
    private final double reach;
    private final double cos;
    private final double sin;
    private final double textureX;
    private final double textureY;

    GeneratedObject(
        double x, double y, double radius, double angle, double textureX, double textureY) {
      this.x = x;
      this.y = y;
      this.radius = radius;
      this.reach = 1.2 * radius;
      this.cos = Math.cos(angle);
      this.sin = Math.sin(angle);
      this.textureX = textureX;
      this.textureY = textureY;
    }
  }

  private static <T> T pick(List<T> from, SplittableRandom random) {
    return from.get(random.nextInt(from.size()));
  }

  private byte[] jpeg(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(image);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    writer.reset();
    return bytes.toByteArray();
  }

  /** Finaliser of SplitMix64: neighbouring numbers give unrelated streams. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
