package infomax.trainer.kernels;

import static infomax.trainer.kernels.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The two-dimensional transforms of F(4x4, 3x3), each along one axis and then along the other, for
 * all channels of one tile. Not safe for use by several threads: what lies between the two axes is
 * kept in a buffer.
 */
final class WinogradTransforms {

  /** Height and width of a tile's output. */
  static final int TILE = 4;

  /** Height and width of what a tile reads, and of its components. */
  static final int REACH = 6;

  /** Matrix products in place of a convolution: the components of a tile. */
  static final int COMPONENTS = REACH * REACH;

  private static final int TAPS = 3;
  private static final int STEP = Lanes.COUNT;

  private final float[] between = new float[COMPONENTS * STEP];
  private final float[] line = new float[REACH * STEP];

  /** Components of what a tile reads: 6x6 pixels from one on. */
  void input(MapView map, int pixel, Components to, int tile) {
    for (int c = 0; c < to.channels(); c += Lanes.COUNT) {
      int at = pixel + c;
      for (int x = 0; x < REACH; x++) {
        WinogradLines.input(
            map.values(),
            at + x * map.pixelFloats(),
            map.rowFloats(),
            between,
            x * STEP,
            REACH * STEP);
      }
      int toAt = to.at(0, tile, c);
      int step = to.componentFloats();
      for (int y = 0; y < REACH; y++) {
        WinogradLines.input(
            between, y * REACH * STEP, STEP, to.values(), toAt + y * REACH * step, step);
      }
    }
  }

  /** Adds to the gradient of what a tile reads that of its components. */
  void inputGradient(Components from, int tile, MapView map, int pixel) {
    for (int c = 0; c < from.channels(); c += Lanes.COUNT) {
      int fromAt = from.at(0, tile, c);
      int step = from.componentFloats();
      for (int x = 0; x < REACH; x++) {
        WinogradLines.inputGradient(
            from.values(), fromAt + x * step, REACH * step, between, x * STEP, REACH * STEP);
      }
      int at = pixel + c;
      for (int y = 0; y < REACH; y++) {
        WinogradLines.inputGradient(between, y * REACH * STEP, STEP, line, 0, STEP);
        addLine(map.values(), at + y * map.rowFloats(), map.pixelFloats());
      }
    }
  }

  private void addLine(float[] to, int at, int step) {
    for (int x = 0; x < REACH; x++) {
      int pixel = at + x * step;
      FloatVector.fromArray(SPECIES, to, pixel)
          .add(FloatVector.fromArray(SPECIES, line, x * STEP))
          .intoArray(to, pixel);
    }
  }

  /** A tile's 4x4 outputs, from one on. */
  void output(Components from, int tile, MapView map, int pixel) {
    for (int c = 0; c < from.channels(); c += Lanes.COUNT) {
      int fromAt = from.at(0, tile, c);
      int step = from.componentFloats();
      for (int x = 0; x < REACH; x++) {
        WinogradLines.output(
            from.values(), fromAt + x * step, REACH * step, between, x * STEP, REACH * STEP);
      }
      int at = pixel + c;
      for (int y = 0; y < TILE; y++) {
        WinogradLines.output(
            between,
            y * REACH * STEP,
            STEP,
            map.values(),
            at + y * map.rowFloats(),
            map.pixelFloats());
      }
    }
  }

  /** The gradient of a tile's components from that of its 4x4 outputs. */
  void outputGradient(MapView map, int pixel, Components to, int tile) {
    for (int c = 0; c < to.channels(); c += Lanes.COUNT) {
      int at = pixel + c;
      for (int x = 0; x < TILE; x++) {
        WinogradLines.outputGradient(
            map.values(),
            at + x * map.pixelFloats(),
            map.rowFloats(),
            between,
            x * STEP,
            TILE * STEP);
      }
      int toAt = to.at(0, tile, c);
      int step = to.componentFloats();
      for (int y = 0; y < REACH; y++) {
        WinogradLines.outputGradient(
            between, y * TILE * STEP, STEP, to.values(), toAt + y * REACH * step, step);
      }
    }
  }

  /** Components of a vector of filters, whose taps lie {@code tapFloats} apart. */
  void filter(float[] taps, int at, int tapFloats, Filters to, int row, int column) {
    for (int x = 0; x < TAPS; x++) {
      WinogradLines.filter(
          taps, at + x * tapFloats, TAPS * tapFloats, between, x * STEP, TAPS * STEP);
    }
    int toAt = to.at(0, row, column);
    int step = to.componentFloats();
    for (int y = 0; y < REACH; y++) {
      WinogradLines.filter(
          between, y * TAPS * STEP, STEP, to.values(), toAt + y * REACH * step, step);
    }
  }

  /** The gradient of a vector of filters' taps from that of their components. */
  void filterGradient(Filters from, int row, int column, float[] taps, int at, int tapFloats) {
    int fromAt = from.at(0, row, column);
    int step = from.componentFloats();
    for (int x = 0; x < REACH; x++) {
      WinogradLines.filterGradient(
          from.values(), fromAt + x * step, REACH * step, between, x * STEP, REACH * STEP);
    }
    for (int y = 0; y < TAPS; y++) {
      WinogradLines.filterGradient(
          between, y * REACH * STEP, STEP, taps, at + y * TAPS * tapFloats, tapFloats);
    }
  }
}
