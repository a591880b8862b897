package infomax.trainer.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Square feature maps of several images off the heap: (image, y, x, channel), row-major floats.
 *
 * @param values the floats, starting with the first image
 * @param side height and width, in pixels
 * @param channels values per pixel
 */
public record Pixels(MemorySegment values, int side, int channels) {

  /** Validates the extents. */
  public Pixels {
    if (side < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "side %d, channels %d, expected 1 or more".formatted(side, channels));
    }
  }

  /** Bytes of one pixel. */
  long pixelBytes() {
    return (long) channels * Float.BYTES;
  }

  /** Where a pixel starts, in bytes. */
  long at(int image, int y, int x) {
    return (((long) image * side + y) * side + x) * pixelBytes();
  }
}
