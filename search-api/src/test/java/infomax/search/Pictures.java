package infomax.search;

import infomax.events.image.CanonicalImage;
import infomax.imaging.ImageIntake;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures for tests: a shape on a ground, told apart by shape, colour and place. */
final class Pictures {

  static final List<String> SHAPES = List.of("disc", "square", "bars", "cross");

  /** An APP1 segment: EXIF, little-endian, with one entry in its IFD 0: orientation (0x0112) 6. */
  private static final String ORIENTATION_6 =
      "ffe10022"
          + "457869660000"
          + "49492a0008000000"
          + "0100"
          + "12010300010000000600"
          + "0000"
          + "00000000";

  private static final ImageIntake INTAKE = ImageIntake.create(1);

  private Pictures() {}

  /** The label of the picture with this number. */
  static Map<String, Object> metadata(int number) {
    return Map.of("label", SHAPES.get(number % SHAPES.size()), "number", number);
  }

  /** The picture with this number, in its canonical form. */
  static CanonicalImage canonical(int number, int size) {
    return switch (INTAKE.canonicalize(png(number, size))) {
      case ImageIntake.Outcome.Accepted accepted -> accepted.image();
      case ImageIntake.Outcome.Rejected rejected ->
          throw new IllegalStateException(rejected.rejection().message());
    };
  }

  /** A black square with sides of {@code size} pixels, in few bytes. */
  static byte[] blank(int size) {
    return encoded(new BufferedImage(size, size, BufferedImage.TYPE_BYTE_BINARY), "png");
  }

  /** Two pictures side by side, as PNG. */
  static byte[] pair(int left, int right, int size) {
    return encoded(drawPair(left, right, size), "png");
  }

  /** The pair as JPEG with the EXIF orientation 6: upright it stands on its right side. */
  static byte[] turnedPair(int left, int right, int size) {
    byte[] jpeg = encoded(drawPair(left, right, size), "jpeg");
    byte[] exif = HexFormat.of().parseHex(ORIENTATION_6);
    byte[] turned = new byte[jpeg.length + exif.length];
    System.arraycopy(jpeg, 0, turned, 0, 2);
    System.arraycopy(exif, 0, turned, 2, exif.length);
    System.arraycopy(jpeg, 2, turned, 2 + exif.length, jpeg.length - 2);
    return turned;
  }

  /** The picture with this number, as PNG. */
  static byte[] png(int number, int size) {
    return encoded(draw(number, size), "png");
  }

  private static BufferedImage drawPair(int left, int right, int size) {
    BufferedImage both = new BufferedImage(2 * size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = both.createGraphics();
    graphics.drawImage(draw(left, size), 0, 0, null);
    graphics.drawImage(draw(right, size), size, 0, null);
    graphics.dispose();
    return both;
  }

  private static BufferedImage draw(int number, int size) {
    Random random = new Random(number);
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    float hue = random.nextFloat();
    graphics.setColor(Color.getHSBColor(hue + 0.45f, 0.25f, 0.35f + 0.5f * random.nextFloat()));
    graphics.fillRect(0, 0, size, size);
    graphics.setColor(Color.getHSBColor(hue, 0.7f, 0.9f));
    int side = size / 3 + random.nextInt(size / 4);
    int x = random.nextInt(size - side);
    int y = random.nextInt(size - side);
    switch (number % SHAPES.size()) {
      case 0 -> graphics.fillOval(x, y, side, side);
      case 1 -> graphics.fillRect(x, y, side, side);
      case 2 -> {
        for (int bar = 0; bar < side; bar += Math.max(2, side / 3)) {
          graphics.fillRect(x, y + bar, side, Math.max(1, side / 6));
        }
      }
      default -> {
        graphics.fillRect(x + side / 3, y, side / 3, side);
        graphics.fillRect(x, y + side / 3, side, side / 3);
      }
    }
    graphics.dispose();
    return image;
  }

  private static byte[] encoded(BufferedImage image, String format) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      ImageIO.write(image, format, out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
