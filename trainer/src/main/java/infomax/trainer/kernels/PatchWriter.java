package infomax.trainer.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Lays out the 3x3 neighbourhoods of image pixels as matrix rows, so that the first convolution is
 * a matrix product. Keeps scratch space: one instance per thread.
 *
 * <p>Row (image, y, x) holds the 27 values (kernel row, kernel column, colour) around pixel (y, x),
 * each value / 255 - 0.5, and 0 outside the image.
 */
public final class PatchWriter {

  private static final int COLOURS = 3;
  private static final int KERNEL = 3;

  /** Floats of one row. */
  public static final int PATCH = KERNEL * KERNEL * COLOURS;

  private static final float[] NORMALISED = normalised();

  private final int side;
  private final int paddedSide;
  private final float[] padded;
  private final float[] rows;

  /** Scratch for images of that height and width. */
  public PatchWriter(int side) {
    this.side = side;
    this.paddedSide = side + KERNEL - 1;
    this.padded = new float[paddedSide * paddedSide * COLOURS];
    this.rows = new float[side * PATCH];
  }

  /**
   * Writes side x side rows for one image.
   *
   * @param pixels images as (image, colour, y, x), one unsigned byte each
   * @param image ordinal of the image in {@code pixels}
   * @param out matrix of {@link #PATCH} columns
   * @param outImage ordinal of the block of rows to write
   */
  public void write(byte[] pixels, int image, MemorySegment out, int outImage) {
    pad(pixels, image * COLOURS * side * side);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        for (int k = 0; k < KERNEL; k++) {
          System.arraycopy(
              padded,
              ((y + k) * paddedSide + x) * COLOURS,
              rows,
              x * PATCH + k * KERNEL * COLOURS,
              KERNEL * COLOURS);
        }
      }
      long row = ((long) outImage * side + y) * side;
      MemorySegment.copy(
          rows, 0, out, ValueLayout.JAVA_FLOAT_UNALIGNED, row * PATCH * Float.BYTES, rows.length);
    }
  }

  private void pad(byte[] pixels, int start) {
    int source = start;
    for (int colour = 0; colour < COLOURS; colour++) {
      for (int y = 1; y <= side; y++) {
        int target = (y * paddedSide + 1) * COLOURS + colour;
        for (int x = 0; x < side; x++) {
          padded[target] = NORMALISED[Byte.toUnsignedInt(pixels[source++])];
          target += COLOURS;
        }
      }
    }
  }

  private static float[] normalised() {
    float[] table = new float[256];
    for (int value = 0; value < table.length; value++) {
      table[value] = value / 255f - 0.5f;
    }
    return table;
  }
}
