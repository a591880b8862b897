package infomax.trainer.release;

import infomax.trainer.release.LossHistory.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The loss curves as a picture: total (black), global (blue), local (orange) and prior (green) over
 * the steps. Ticks carry numbers drawn from small glyphs, since a server may have no fonts.
 */
public final class LossChart {

  private static final int WIDTH = 800;
  private static final int HEIGHT = 400;
  private static final int MARGIN = 48;
  private static final int TICKS = 5;

  private LossChart() {}

  private record Curve(Color colour, ToDoubleFunction<Point> value) {
    /** A term that a training has not stays 0. */
    boolean isDrawn(List<Point> points) {
      return points.stream().anyMatch(point -> value.applyAsDouble(point) != 0);
    }
  }

  private static final List<Curve> CURVES =
      List.of(
          new Curve(new Color(0x8a4fbf), Point::within),
          new Curve(new Color(0xc2307a), Point::earlier),
          new Curve(new Color(0x2a9d5c), Point::prior),
          new Curve(new Color(0x1f6fd1), Point::global),
          new Curve(new Color(0xe07b1a), Point::local),
          new Curve(Color.BLACK, Point::total));

  /** The picture as PNG. */
  public static byte[] png(LossHistory history) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, WIDTH, HEIGHT);
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      Axes axes = Axes.of(history.points());
      drawGrid(graphics, axes);
      graphics.setStroke(new BasicStroke(1.6f));
      CURVES.stream()
          .filter(curve -> curve.isDrawn(history.points()))
          .forEach(curve -> draw(graphics, axes, history.points(), curve));
    } finally {
      graphics.dispose();
    }
    return Png.encode(image);
  }

  private static void draw(Graphics2D graphics, Axes axes, List<Point> points, Curve curve) {
    graphics.setColor(curve.colour());
    for (int i = 1; i < points.size(); i++) {
      Point from = points.get(i - 1);
      Point to = points.get(i);
      graphics.drawLine(
          axes.x(from.step()),
          axes.y(curve.value().applyAsDouble(from)),
          axes.x(to.step()),
          axes.y(curve.value().applyAsDouble(to)));
    }
  }

  private static void drawGrid(Graphics2D graphics, Axes axes) {
    for (int tick = 0; tick <= TICKS; tick++) {
      double value = axes.valueMax() * tick / TICKS;
      long step = axes.stepMax() * tick / TICKS;
      graphics.setColor(new Color(0xdddddd));
      graphics.drawLine(MARGIN, axes.y(value), WIDTH - MARGIN / 2, axes.y(value));
      graphics.setColor(new Color(0x555555));
      DigitGlyphs.draw(graphics, String.format(Locale.ROOT, "%.2f", value), 8, axes.y(value) - 5);
      DigitGlyphs.draw(graphics, Long.toString(step), axes.x(step) - 12, HEIGHT - MARGIN / 2);
    }
  }

  /**
   * Where values lie.
   *
   * @param stepMax right end
   * @param valueMax upper end; the lower one is 0
   */
  private record Axes(long stepMax, double valueMax) {
    static Axes of(List<Point> points) {
      long step = 1;
      double value = 1e-3;
      for (Point point : points) {
        step = Math.max(step, point.step());
        for (Curve curve : CURVES) {
          double candidate = curve.value().applyAsDouble(point);
          value = Double.isFinite(candidate) ? Math.max(value, candidate) : value;
        }
      }
      return new Axes(step, value);
    }

    int x(long step) {
      return (int) (MARGIN + (WIDTH - 1.5 * MARGIN) * step / stepMax);
    }

    int y(double value) {
      double inside = Double.isFinite(value) ? Math.clamp(value, 0.0, valueMax) : valueMax;
      return (int) (HEIGHT - MARGIN - (HEIGHT - 1.5 * MARGIN) * inside / valueMax);
    }
  }
}
