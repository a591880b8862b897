package infomax.trainer.release;

import infomax.trainer.evaluation.Neighbours;
import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.statistics.VectorSet;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A picture of what an encoder takes for similar: each row is a random image and, after a gap, its
 * nine nearest others, nearest first.
 */
public final class NeighbourSheet {

  private static final int ROWS = 10;
  private static final int NEIGHBOURS = 9;
  private static final int CELL = 64;
  private static final int SPACE = 4;
  private static final int GAP = 12;

  private NeighbourSheet() {}

  /**
   * Draws a sheet.
   *
   * @param images 3 x side x side bytes each
   * @param side height and width in pixels
   * @param embeddings one per image
   * @param seed which images stand at the left; the same for every encoder and metric
   * @return PNG
   */
  public static byte[] png(
      List<byte[]> images, int side, VectorSet embeddings, Metric metric, long seed) {
    return Png.encode(draw(images, side, embeddings, metric, seed));
  }

  /**
   * Draws the sheets of two encoders beside each other, the same images at the left of both.
   *
   * @see #png
   */
  public static byte[] png(
      List<byte[]> images,
      int side,
      VectorSet embeddings,
      VectorSet others,
      Metric metric,
      long seed) {
    BufferedImage left = draw(images, side, embeddings, metric, seed);
    BufferedImage right = draw(images, side, others, metric, seed);
    BufferedImage both =
        new BufferedImage(
            left.getWidth() + GAP + right.getWidth(), left.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = both.createGraphics();
    graphics.drawImage(left, 0, 0, null);
    graphics.drawImage(right, left.getWidth() + GAP, 0, null);
    graphics.dispose();
    return Png.encode(both);
  }

  private static BufferedImage draw(
      List<byte[]> images, int side, VectorSet embeddings, Metric metric, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int rows = Math.min(ROWS, images.size());
    int[] queries = random.ints(0, images.size()).distinct().limit(rows).toArray();
    VectorSet from =
        VectorSet.filled(
            rows,
            embeddings.dimensions(),
            (row, target, offset) ->
                System.arraycopy(
                    embeddings.row(queries[row]), 0, target, offset, embeddings.dimensions()));
    Neighbours neighbours = Neighbours.search(from, embeddings, NEIGHBOURS + 1, metric);
    BufferedImage sheet =
        new BufferedImage(
            (NEIGHBOURS + 1) * (CELL + SPACE) + SPACE + GAP,
            rows * (CELL + SPACE) + SPACE,
            BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < sheet.getHeight(); y++) {
      for (int x = 0; x < sheet.getWidth(); x++) {
        sheet.setRGB(x, y, 0xffffff);
      }
    }
    for (int row = 0; row < rows; row++) {
      int top = SPACE + row * (CELL + SPACE);
      paint(sheet, images.get(queries[row]), side, SPACE, top);
      int column = 1;
      for (int nearest : neighbours.of(row)) {
        // The image itself is its own nearest, unless another one is equal to it.
        if (nearest != queries[row] && column <= NEIGHBOURS) {
          paint(sheet, images.get(nearest), side, SPACE + GAP + column * (CELL + SPACE), top);
          column++;
        }
      }
    }
    return sheet;
  }

  private static void paint(BufferedImage sheet, byte[] pixels, int side, int left, int top) {
    int plane = side * side;
    for (int y = 0; y < CELL; y++) {
      for (int x = 0; x < CELL; x++) {
        int source = (y * side / CELL) * side + x * side / CELL;
        int red = pixels[source] & 0xff;
        int green = pixels[plane + source] & 0xff;
        int blue = pixels[2 * plane + source] & 0xff;
        sheet.setRGB(left + x, top + y, red << 16 | green << 8 | blue);
      }
    }
  }
}
