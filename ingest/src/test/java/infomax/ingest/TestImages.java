package infomax.ingest;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Images to upload. */
public final class TestImages {

  private TestImages() {}

  /** A JPEG that passes intake byte for byte; another one for every seed. */
  public static byte[] canonicalJpeg(long seed) {
    return encode(shapes(32, 32, seed), "jpeg");
  }

  /** A PNG too large to be canonical. */
  public static byte[] largePng(long seed) {
    return encode(shapes(640, 480, seed), "png");
  }

  /** A valid BMP of just under 10 MiB. */
  public static byte[] tenMebibytes() {
    return encode(shapes(2_048, 1_706, 1), "bmp");
  }

  /** An upload that is cut off. */
  public static byte[] cutOffJpeg() {
    return java.util.Arrays.copyOf(canonicalJpeg(1), 200);
  }

  private static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static BufferedImage shapes(int width, int height, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int shape = 0; shape < 12; shape++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(random.nextInt(width), random.nextInt(height), width / 2, height / 2);
    }
    graphics.dispose();
    return image;
  }
}
