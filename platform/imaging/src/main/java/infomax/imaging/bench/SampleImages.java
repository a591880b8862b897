package infomax.imaging.bench;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Honest images, made on the spot from a seed. Thread-safe. */
public final class SampleImages {

  /** Lossy, 16 x 8, one colour; Java has no writer for it. */
  private static final String WEBP_LOSSY =
      "UklGRjoAAABXRUJQVlA4IC4AAACQAQCdASoQAAgAAMASJaACdLoAA5gA/vi1F/3GttI6Zf/t8P/7jy/+3w//bsgA";

  private SampleImages() {}

  /** One small image of every accepted kind, by the name of the kind. */
  public static Map<String, byte[]> ofEveryKind(long seed) {
    Map<String, byte[]> samples = new LinkedHashMap<>();
    samples.put("jpeg", jpeg(48, 32, seed));
    samples.put("jpeg-gray", encode(shapes(40, 40, BufferedImage.TYPE_BYTE_GRAY, seed), "jpeg"));
    samples.put(
        "jpeg-progressive", progressive(shapes(64, 48, BufferedImage.TYPE_INT_RGB, seed), "jpeg"));
    samples.put("jpeg-large", jpeg(640, 400, seed));
    samples.put("png", encode(shapes(48, 32, BufferedImage.TYPE_INT_RGB, seed), "png"));
    samples.put("png-alpha", encode(shapes(30, 50, BufferedImage.TYPE_INT_ARGB, seed), "png"));
    samples.put("png-gray16", encode(shapes(31, 9, BufferedImage.TYPE_USHORT_GRAY, seed), "png"));
    samples.put(
        "png-palette", encode(shapes(40, 40, BufferedImage.TYPE_BYTE_INDEXED, seed), "png"));
    samples.put("png-1bit", encode(shapes(37, 20, BufferedImage.TYPE_BYTE_BINARY, seed), "png"));
    samples.put(
        "png-interlaced", progressive(shapes(50, 30, BufferedImage.TYPE_INT_RGB, seed), "png"));
    samples.put("gif", encode(shapes(48, 32, BufferedImage.TYPE_BYTE_INDEXED, seed), "gif"));
    samples.put("bmp", encode(shapes(24, 16, BufferedImage.TYPE_INT_RGB, seed), "bmp"));
    samples.put("webp-lossless", plainWebp(60, 40, seed));
    samples.put("webp-lossy", Base64.getDecoder().decode(WEBP_LOSSY));
    return samples;
  }

  /** A baseline JPEG with shapes. */
  public static byte[] jpeg(int width, int height, long seed) {
    return encode(shapes(width, height, BufferedImage.TYPE_INT_RGB, seed), "jpeg");
  }

  /** A picture with shapes, so that every codec has something to do. */
  public static BufferedImage shapes(int width, int height, int type, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(random.nextInt(1 << 24)));
    graphics.fillRect(0, 0, width, height);
    for (int shape = 0; shape < 8; shape++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(
          random.nextInt(width), random.nextInt(height), width / 3 + 1, height / 3 + 1);
    }
    graphics.dispose();
    return image;
  }

  /** The file of a picture. */
  public static byte[] encode(RenderedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The file of a picture, progressive or interlaced. */
  public static byte[] progressive(RenderedImage image, String format) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.write(null, new IIOImage(image, null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** A lossless WebP of one colour that the seed decides: some 36 bytes, whatever its size. */
  public static byte[] plainWebp(int width, int height, long seed) {
    Random random = new Random(seed);
    LowBits bits = new LowBits();
    bits.put(0x2f, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    // No alpha, version 0, no transform, no colour cache, one group of codes.
    bits.put(0, 1 + 3 + 1 + 1 + 1);
    int[] greenRedBlueAlpha = {random.nextInt(256), random.nextInt(256), random.nextInt(256), 255};
    for (int symbol : greenRedBlueAlpha) {
      // A code of one symbol of 8 bits: it takes no bits per pixel.
      bits.put(0b101, 3);
      bits.put(symbol, 8);
    }
    // The code of distances: one symbol of 1 bit.
    bits.put(0b0001, 4);
    return Containers.webp("VP8L", bits.bytes());
  }

  /** Collects bits, lowest first. */
  private static final class LowBits {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int pending;
    private int count;

    void put(int value, int length) {
      for (int bit = 0; bit < length; bit++) {
        pending |= (value >> bit & 1) << count++;
        if (count == Byte.SIZE) {
          flush();
        }
      }
    }

    byte[] bytes() {
      if (count > 0) {
        flush();
      }
      return bytes.toByteArray();
    }

    private void flush() {
      bytes.write(pending);
      pending = 0;
      count = 0;
    }
  }
}
