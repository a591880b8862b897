package infomax.trainer.evaluation;

import infomax.trainer.statistics.VectorSet;
import java.util.List;

/**
 * The square root of each colour's share of an image's pixels, in 8 x 8 x 8 cells: what is found by
 * colour alone. By cosine this compares as the Bhattacharyya coefficient does.
 */
public final class ColourHistogram {

  private static final int LEVELS = 8;
  private static final int CELLS = LEVELS * LEVELS * LEVELS;
  private static final int SHIFT = 5;

  private ColourHistogram() {}

  /** The histograms of images of 3 x s x s bytes. */
  public static VectorSet of(List<byte[]> images) {
    return VectorSet.filled(
        images.size(),
        CELLS,
        (row, target, offset) -> {
          byte[] image = images.get(row);
          int pixels = image.length / 3;
          for (int i = 0; i < pixels; i++) {
            int cell = level(image[i]);
            cell = cell * LEVELS + level(image[pixels + i]);
            cell = cell * LEVELS + level(image[2 * pixels + i]);
            target[offset + cell]++;
          }
          for (int cell = offset; cell < offset + CELLS; cell++) {
            target[cell] = (float) Math.sqrt(target[cell] / pixels);
          }
        });
  }

  private static int level(byte value) {
    return (value & 0xff) >> SHIFT;
  }
}
