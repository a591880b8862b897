package infomax.imaging;

import static infomax.imaging.bench.Containers.chunk;

import infomax.imaging.bench.Containers;
import java.awt.Color;
import java.io.ByteArrayOutputStream;

/**
 * A PNG of four upright stripes, written bit by bit as ISO/IEC 15948 says, in any colour type and
 * depth, interlaced or not.
 */
record PngSample(int colour, int depth, int interlace, boolean transparent) {

  static final int STRIPE = 16;
  static final int WIDTH = 4 * STRIPE;
  static final int HEIGHT = 24;

  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int[][] STRIPES = {{255, 0, 0}, {0, 0, 255}, {40, 160, 80}, {0, 0, 0}};

  /** Opacity of the stripes where there is an alpha channel, of 255. */
  private static final int[] OPACITY = {255, 128, 0, 255};

  /** Adam7: first column, first row, column step, row step. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  static PngSample of(int colour, int depth, int interlace) {
    return new PngSample(colour, depth, interlace, false);
  }

  PngSample withFirstStripeTransparent() {
    return new PngSample(colour, depth, interlace, true);
  }

  /** The colour on white. */
  Color colourOf(int x) {
    int stripe = x / STRIPE;
    if (colour == GRAY || colour == GRAY_ALPHA) {
      int most = (1 << Math.min(8, depth)) - 1;
      int value = gray(stripe) * 255 / most;
      return onWhite(value, value, value, stripe);
    }
    if (colour == PALETTE && depth == 1) {
      stripe %= 2;
    }
    int[] rgb = STRIPES[stripe];
    return onWhite(rgb[0], rgb[1], rgb[2], stripe);
  }

  byte[] bytes() {
    byte[] header = Containers.pngHeader(WIDTH, HEIGHT, depth, colour, interlace);
    byte[] palette = colour == PALETTE ? chunk("PLTE", palette()) : new byte[0];
    byte[] transparency = transparent ? chunk("tRNS", transparency()) : new byte[0];
    byte[] data = chunk("IDAT", Containers.deflated(rows()));
    return Containers.png(header, palette, transparency, data, chunk("IEND", new byte[0]));
  }

  private Color onWhite(int red, int green, int blue, int stripe) {
    int alpha = colour == GRAY_ALPHA || colour == 6 ? OPACITY[stripe] : 255;
    return new Color(blend(red, alpha), blend(green, alpha), blend(blue, alpha));
  }

  private static int blend(int value, int alpha) {
    return (value * alpha + 255 * (255 - alpha)) / 255;
  }

  /** In units of the depth, of 8 bits where there are 16. */
  private int gray(int stripe) {
    int most = (1 << Math.min(8, depth)) - 1;
    return most * (stripe + (depth == 1 ? 0 : 1)) / 4;
  }

  private byte[] palette() {
    byte[] palette = new byte[3 * Math.min(4, 1 << depth)];
    for (int at = 0; at < palette.length; at++) {
      palette[at] = (byte) STRIPES[at / 3][at % 3];
    }
    return palette;
  }

  private byte[] transparency() {
    if (colour == PALETTE) {
      return new byte[] {0};
    }
    ByteArrayOutputStream samples = new ByteArrayOutputStream();
    for (int sample : colour == GRAY ? new int[] {gray(0)} : STRIPES[0]) {
      samples.write(depth == 16 ? sample : 0);
      samples.write(sample);
    }
    return samples.toByteArray();
  }

  private byte[] rows() {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    for (int[] pass : interlace == 0 ? new int[][] {{0, 0, 1, 1}} : PASSES) {
      for (int y = pass[1]; y < HEIGHT; y += pass[3]) {
        rows.write(0);
        row(pass[0], pass[2], rows);
      }
    }
    return rows.toByteArray();
  }

  private void row(int firstX, int step, ByteArrayOutputStream row) {
    int pending = 0;
    int bits = 0;
    for (int x = firstX; x < WIDTH; x += step) {
      for (int sample : samples(x / STRIPE)) {
        if (depth == 16) {
          // 257 times the value is its 16-bit form.
          row.write(sample);
          row.write(sample);
          continue;
        }
        pending = pending << depth | sample;
        bits += depth;
        if (bits == 8) {
          row.write(pending);
          pending = 0;
          bits = 0;
        }
      }
    }
    if (bits > 0) {
      row.write(pending << (8 - bits));
    }
  }

  private int[] samples(int stripe) {
    int[] rgb = STRIPES[stripe];
    return switch (colour) {
      case GRAY -> new int[] {gray(stripe)};
      case RGB -> rgb;
      case PALETTE -> new int[] {stripe % (1 << Math.min(2, depth))};
      case GRAY_ALPHA -> new int[] {gray(stripe), OPACITY[stripe]};
      default -> new int[] {rgb[0], rgb[1], rgb[2], OPACITY[stripe]};
    };
  }
}
