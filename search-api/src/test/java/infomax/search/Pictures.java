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
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures for tests: a shape on a ground, told apart by shape, colour and place. */
final class Pictures {

  static final List<String> SHAPES = List.of("disc", "square", "bars", "cross");

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

  /** The picture with this number, as PNG. */
  static byte[] png(int number, int size) {
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
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
