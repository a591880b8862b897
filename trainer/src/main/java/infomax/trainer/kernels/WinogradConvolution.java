package infomax.trainer.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A 3x3 convolution, stride 1, same padding, by Winograd's minimal filtering F(4x4, 3x3): 36
 * products in place of 144 for each tile of 4x4 outputs and pair of channels (Lavin and Gray 2015,
 * arXiv 1509.09308). Gradients are the transposed computation. One worker's share of the images; to
 * be run by one thread.
 */
public final class WinogradConvolution {

  private final Wiring wiring;
  private final WinogradShape shape;
  private final WinogradScratch scratch;
  private final Components inComponents;
  private final Components outComponents;
  private final BorderedMap in;
  private final BorderedMap inGradient;
  private final BorderedMap out;
  private final BorderedMap outGradient;

  /**
   * Where a convolution's values lie.
   *
   * @param images how many
   * @param in (image, y, x, input)
   * @param inGradient the same, written backward
   * @param out (image, y, x, output), written forward; holds its own gradient backward
   * @param filters of the weights, transformed before each pass
   * @param weightGradient (y, x, input, output), overwritten backward
   */
  public record Wiring(
      int images,
      Pixels in,
      Pixels inGradient,
      Pixels out,
      WinogradFilters filters,
      MemorySegment weightGradient) {

    WinogradShape shape() {
      return new WinogradShape(in.side(), in.channels(), out.channels());
    }
  }

  /** Makes everything a step needs. */
  public WinogradConvolution(Wiring wiring, WinogradScratch scratch) {
    this.wiring = wiring;
    this.shape = wiring.shape();
    this.scratch = scratch;
    this.inComponents = scratch.in(shape);
    this.outComponents = scratch.out(shape);
    int covered = shape.rowTiles() * WinogradTransforms.TILE;
    int border = WinogradTransforms.REACH - WinogradTransforms.TILE;
    this.in = new BorderedMap(covered + border, border / 2, shape.inputs());
    this.inGradient = new BorderedMap(covered + border, border / 2, shape.inputs());
    this.out = new BorderedMap(covered, 0, shape.outputs());
    this.outGradient = new BorderedMap(covered, 0, shape.outputs());
  }

  /** Writes the output. */
  public void forward() {
    for (int first = 0; first < wiring.images; first += shape.blockImages()) {
      int last = Math.min(wiring.images, first + shape.blockImages());
      for (int image = first; image < last; image++) {
        readIn(image, (image - first) * shape.tiles());
      }
      TileProducts.multiply(
          inComponents, (last - first) * shape.tiles(), wiring.filters.forward(), outComponents);
      for (int image = first; image < last; image++) {
        writeOut(image, (image - first) * shape.tiles());
      }
    }
  }

  /** Reads the output's gradient; writes that of the weights, and that of the input. */
  public void backward() {
    Filters filterGradient = scratch.filterGradient(shape);
    filterGradient.clear();
    for (int first = 0; first < wiring.images; first += shape.blockImages()) {
      int last = Math.min(wiring.images, first + shape.blockImages());
      for (int image = first; image < last; image++) {
        readIn(image, (image - first) * shape.tiles());
        readOutGradient(image, (image - first) * shape.tiles());
      }
      int tiles = (last - first) * shape.tiles();
      TileProducts.addTransposedProduct(
          scratch, inComponents, outComponents, tiles, filterGradient);
      TileProducts.multiply(outComponents, tiles, wiring.filters.backward(), inComponents);
      for (int image = first; image < last; image++) {
        writeInGradient(image, (image - first) * shape.tiles());
      }
    }
    wiring.filters.writeGradient(scratch, filterGradient, wiring.weightGradient);
  }

  private void readIn(int image, int firstTile) {
    in.read(wiring.in, image);
    eachTile(
        in, firstTile, (map, at, tile) -> scratch.transforms().input(map, at, inComponents, tile));
  }

  private void writeInGradient(int image, int firstTile) {
    inGradient.clear();
    eachTile(
        inGradient,
        firstTile,
        (map, at, tile) -> scratch.transforms().inputGradient(inComponents, tile, map, at));
    inGradient.write(wiring.inGradient, image);
  }

  private void writeOut(int image, int firstTile) {
    eachTile(
        out,
        firstTile,
        (map, at, tile) -> scratch.transforms().output(outComponents, tile, map, at));
    out.write(wiring.out, image);
  }

  private void readOutGradient(int image, int firstTile) {
    outGradient.read(wiring.out, image);
    eachTile(
        outGradient,
        firstTile,
        (map, at, tile) -> scratch.transforms().outputGradient(map, at, outComponents, tile));
  }

  private void eachTile(BorderedMap map, int firstTile, OfTile transform) {
    int tile = firstTile;
    for (int y = 0; y < shape.rowTiles(); y++) {
      for (int x = 0; x < shape.rowTiles(); x++) {
        int at = map.view().at(y * WinogradTransforms.TILE, x * WinogradTransforms.TILE);
        transform.apply(map.view(), at, tile++);
      }
    }
  }

  /** What is done to each tile of an image. */
  @FunctionalInterface
  private interface OfTile {
    void apply(MapView map, int firstPixel, int tile);
  }
}
