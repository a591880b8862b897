package infomax.trainer.kernels;

/**
 * The extents of a 3x3 convolution, stride 1, same padding, computed by tiles of 4x4 outputs.
 *
 * @param side height and width of the maps
 * @param inputs channels read
 * @param outputs channels written
 */
public record WinogradShape(int side, int inputs, int outputs) {

  /** Tiles whose components are multiplied together: enough to read each filter rarely. */
  private static final int BLOCK_TILES = 48;

  /** Filters of more channels would take much of the heap. */
  private static final int CHANNELS_MAX = 256;

  /** Validates the extents. */
  public WinogradShape {
    if (!suits(inputs, outputs)) {
      throw new IllegalArgumentException(
          "%d to %d channels, expected multiples of %d up to %d"
              .formatted(inputs, outputs, Filters.PANEL, CHANNELS_MAX));
    }
  }

  /**
   * Whether a convolution can have this form. Where it can it is faster, on maps of 3x3 and 6x6
   * too, which their tiles exceed: 2.25 times fewer products are left of four times fewer.
   */
  public static boolean suits(int inputs, int outputs) {
    return inputs % Filters.PANEL == 0
        && outputs % Filters.PANEL == 0
        && Math.max(inputs, outputs) <= CHANNELS_MAX;
  }

  /** Tiles in a row, and rows of them, that cover a map. */
  int rowTiles() {
    return Math.ceilDiv(side, WinogradTransforms.TILE);
  }

  /** Tiles that cover a map. */
  int tiles() {
    return rowTiles() * rowTiles();
  }

  /** Images whose tiles are multiplied together. */
  int blockImages() {
    return Math.max(1, BLOCK_TILES / tiles());
  }

  /** Rows of the components of a block. */
  int blockTiles() {
    return Math.max(TileProducts.ROWS, blockImages() * tiles());
  }
}
