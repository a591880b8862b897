package infomax.trainer.kernels;

import static infomax.trainer.kernels.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The products of all Winograd components. The inner loops keep several rows of two vectors of the
 * result in registers. They read arrays of the heap at constant steps, which lets the compiler
 * leave the checks of bounds out of them: off the heap they run at less than half the speed.
 */
final class TileProducts {

  /** Rows of the result that are summed at once; each matrix has room for so many tiles. */
  static final int ROWS = 6;

  private static final int CHANNEL_ROWS = 4;
  private static final int PANEL = Filters.PANEL;

  private TileProducts() {}

  /** out = left . right, of the first so many tiles. */
  static void multiply(Components left, int tiles, Filters right, Components out) {
    for (int component = 0; component < WinogradTransforms.COMPONENTS; component++) {
      for (int column = 0; column < out.channels(); column += PANEL) {
        for (int tile = 0; tile < tiles; tile += ROWS) {
          // The last rows overlap those before them rather than be fewer.
          int row = Math.max(0, Math.min(tile, tiles - ROWS));
          ofTiles(
              left.values(),
              left.at(component, row, 0),
              left.rowFloats(),
              right.values(),
              right.at(component, 0, column),
              left.channels(),
              out.values(),
              out.at(component, row, column),
              out.rowFloats());
        }
      }
    }
  }

  /** out += left^T . right, over the first so many tiles. */
  static void addTransposedProduct(
      WinogradScratch scratch, Components left, Components right, int tiles, Filters out) {
    float[] leftPanels = scratch.inPanels();
    float[] rightPanels = scratch.outPanels();
    for (int component = 0; component < WinogradTransforms.COMPONENTS; component++) {
      toPanels(left, component, tiles, leftPanels);
      toPanels(right, component, tiles, rightPanels);
      for (int column = 0; column < out.columns(); column += PANEL) {
        for (int row = 0; row < out.rows(); row += CHANNEL_ROWS) {
          int leftAt = row / PANEL * PANEL * tiles + row % PANEL;
          int outAt = out.at(component, row, column);
          addOfChannels(
              leftPanels, leftAt, rightPanels, column * tiles, tiles, out.values(), outAt);
        }
      }
    }
  }

  /** A panel of channels of all tiles, then the next one. */
  private static void toPanels(Components from, int component, int tiles, float[] to) {
    int at = 0;
    for (int channel = 0; channel < from.channels(); channel += PANEL) {
      copyPanel(from.values(), from.at(component, 0, channel), from.rowFloats(), tiles, to, at);
      at += tiles * PANEL;
    }
  }

  private static void copyPanel(float[] from, int at, int row, int tiles, float[] to, int toAt) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector.fromArray(SPECIES, from, at + tile * row).intoArray(to, toAt + tile * PANEL);
      FloatVector.fromArray(SPECIES, from, at + tile * row + Lanes.COUNT)
          .intoArray(to, toAt + tile * PANEL + Lanes.COUNT);
    }
  }

  private static void ofTiles(
      float[] left,
      int row0,
      int leftRow,
      float[] right,
      int rightAt,
      int depth,
      float[] out,
      int outAt,
      int outRow) {
    int row1 = row0 + 1 * leftRow;
    int row2 = row0 + 2 * leftRow;
    int row3 = row0 + 3 * leftRow;
    int row4 = row0 + 4 * leftRow;
    int row5 = row0 + 5 * leftRow;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = FloatVector.zero(SPECIES);
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector b1 = FloatVector.zero(SPECIES);
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector b2 = FloatVector.zero(SPECIES);
    FloatVector a3 = FloatVector.zero(SPECIES);
    FloatVector b3 = FloatVector.zero(SPECIES);
    FloatVector a4 = FloatVector.zero(SPECIES);
    FloatVector b4 = FloatVector.zero(SPECIES);
    FloatVector a5 = FloatVector.zero(SPECIES);
    FloatVector b5 = FloatVector.zero(SPECIES);
    for (int k = 0; k < depth; k++) {
      FloatVector a = FloatVector.fromArray(SPECIES, right, rightAt + k * PANEL);
      FloatVector b = FloatVector.fromArray(SPECIES, right, rightAt + k * PANEL + Lanes.COUNT);
      FloatVector v0 = FloatVector.broadcast(SPECIES, left[row0 + k]);
      a0 = v0.fma(a, a0);
      b0 = v0.fma(b, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, left[row1 + k]);
      a1 = v1.fma(a, a1);
      b1 = v1.fma(b, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, left[row2 + k]);
      a2 = v2.fma(a, a2);
      b2 = v2.fma(b, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, left[row3 + k]);
      a3 = v3.fma(a, a3);
      b3 = v3.fma(b, b3);
      FloatVector v4 = FloatVector.broadcast(SPECIES, left[row4 + k]);
      a4 = v4.fma(a, a4);
      b4 = v4.fma(b, b4);
      FloatVector v5 = FloatVector.broadcast(SPECIES, left[row5 + k]);
      a5 = v5.fma(a, a5);
      b5 = v5.fma(b, b5);
    }
    a0.intoArray(out, outAt);
    b0.intoArray(out, outAt + Lanes.COUNT);
    a1.intoArray(out, outAt + 1 * outRow);
    b1.intoArray(out, outAt + 1 * outRow + Lanes.COUNT);
    a2.intoArray(out, outAt + 2 * outRow);
    b2.intoArray(out, outAt + 2 * outRow + Lanes.COUNT);
    a3.intoArray(out, outAt + 3 * outRow);
    b3.intoArray(out, outAt + 3 * outRow + Lanes.COUNT);
    a4.intoArray(out, outAt + 4 * outRow);
    b4.intoArray(out, outAt + 4 * outRow + Lanes.COUNT);
    a5.intoArray(out, outAt + 5 * outRow);
    b5.intoArray(out, outAt + 5 * outRow + Lanes.COUNT);
  }

  private static void addOfChannels(
      float[] left, int leftAt, float[] right, int rightAt, int depth, float[] out, int outAt) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = FloatVector.zero(SPECIES);
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector b1 = FloatVector.zero(SPECIES);
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector b2 = FloatVector.zero(SPECIES);
    FloatVector a3 = FloatVector.zero(SPECIES);
    FloatVector b3 = FloatVector.zero(SPECIES);
    for (int k = 0; k < depth; k++) {
      FloatVector a = FloatVector.fromArray(SPECIES, right, rightAt + k * PANEL);
      FloatVector b = FloatVector.fromArray(SPECIES, right, rightAt + k * PANEL + Lanes.COUNT);
      FloatVector v0 = FloatVector.broadcast(SPECIES, left[leftAt + k * PANEL]);
      a0 = v0.fma(a, a0);
      b0 = v0.fma(b, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, left[leftAt + k * PANEL + 1]);
      a1 = v1.fma(a, a1);
      b1 = v1.fma(b, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, left[leftAt + k * PANEL + 2]);
      a2 = v2.fma(a, a2);
      b2 = v2.fma(b, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, left[leftAt + k * PANEL + 3]);
      a3 = v3.fma(a, a3);
      b3 = v3.fma(b, b3);
    }
    FloatVector.fromArray(SPECIES, out, outAt).add(a0).intoArray(out, outAt);
    FloatVector.fromArray(SPECIES, out, outAt + Lanes.COUNT)
        .add(b0)
        .intoArray(out, outAt + Lanes.COUNT);
    FloatVector.fromArray(SPECIES, out, outAt + 1 * PANEL)
        .add(a1)
        .intoArray(out, outAt + 1 * PANEL);
    FloatVector.fromArray(SPECIES, out, outAt + 1 * PANEL + Lanes.COUNT)
        .add(b1)
        .intoArray(out, outAt + 1 * PANEL + Lanes.COUNT);
    FloatVector.fromArray(SPECIES, out, outAt + 2 * PANEL)
        .add(a2)
        .intoArray(out, outAt + 2 * PANEL);
    FloatVector.fromArray(SPECIES, out, outAt + 2 * PANEL + Lanes.COUNT)
        .add(b2)
        .intoArray(out, outAt + 2 * PANEL + Lanes.COUNT);
    FloatVector.fromArray(SPECIES, out, outAt + 3 * PANEL)
        .add(a3)
        .intoArray(out, outAt + 3 * PANEL);
    FloatVector.fromArray(SPECIES, out, outAt + 3 * PANEL + Lanes.COUNT)
        .add(b3)
        .intoArray(out, outAt + 3 * PANEL + Lanes.COUNT);
  }
}
