package infomax.trainer.kernels;

import java.util.List;
import java.util.function.ToIntFunction;

/** What one worker's convolutions use in turn. */
public final class WinogradScratch {

  private static final int TAPS = 9;

  private final WinogradTransforms transforms;
  private final float[] in;
  private final float[] out;
  private final float[] filters;
  private final float[] taps;
  private final float[] inPanels;
  private final float[] outPanels;

  /** Room for any one of these convolutions. */
  public WinogradScratch(List<WinogradShape> shapes) {
    this.transforms = new WinogradTransforms();
    this.in = floats(shapes, s -> Components.floats(s.blockTiles(), s.inputs()));
    this.out = floats(shapes, s -> Components.floats(s.blockTiles(), s.outputs()));
    this.filters = floats(shapes, s -> Filters.floats(s.inputs(), s.outputs()));
    this.taps = floats(shapes, s -> TAPS * Math.max(s.inputs(), s.outputs()) * Filters.PANEL);
    this.inPanels = floats(shapes, s -> s.blockTiles() * s.inputs());
    this.outPanels = floats(shapes, s -> s.blockTiles() * s.outputs());
  }

  private static float[] floats(List<WinogradShape> shapes, ToIntFunction<WinogradShape> floats) {
    return new float[shapes.stream().mapToInt(floats).max().orElse(0)];
  }

  WinogradTransforms transforms() {
    return transforms;
  }

  /** Components of what a block of tiles reads, or of its gradient. */
  Components in(WinogradShape shape) {
    return new Components(in, shape.blockTiles(), shape.inputs());
  }

  /** Components of what a block of tiles writes, or of its gradient. */
  Components out(WinogradShape shape) {
    return new Components(out, shape.blockTiles(), shape.outputs());
  }

  /** The gradient of a convolution's filters. */
  Filters filterGradient(WinogradShape shape) {
    return new Filters(filters, shape.inputs(), shape.outputs());
  }

  /** A panel of weights. */
  float[] taps() {
    return taps;
  }

  /** One component of what a block of tiles reads, by panels. */
  float[] inPanels() {
    return inPanels;
  }

  /** One component of what a block of tiles writes, by panels. */
  float[] outPanels() {
    return outPanels;
  }
}
