package infomax.trainer.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A convolution's filters in both forms that its products read. Shared by the workers, each of
 * which transforms a part; the caller waits for all of them before any multiplies.
 */
public final class WinogradFilters {

  private static final int TAPS = 9;
  private static final int PANEL = Filters.PANEL;

  private final MemorySegment weights;
  private final int inputs;
  private final int outputs;
  private final Filters forward;
  private final Filters backward;

  /**
   * Filters of a convolution.
   *
   * @param weights (y, x, input, output)
   * @param inputs channels read, whole panels
   * @param outputs channels written, whole panels
   */
  public WinogradFilters(MemorySegment weights, int inputs, int outputs) {
    this.weights = weights;
    this.inputs = inputs;
    this.outputs = outputs;
    this.forward = new Filters(new float[Filters.floats(inputs, outputs)], inputs, outputs);
    this.backward = new Filters(new float[Filters.floats(outputs, inputs)], outputs, inputs);
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  /** (input, output) of each component. */
  Filters forward() {
    return forward;
  }

  /** (output, input) of each component. */
  Filters backward() {
    return backward;
  }

  /** Transforms one of several equal parts of the filters for forward passes. */
  public void transform(WinogradScratch scratch, int part, int parts) {
    float[] taps = scratch.taps();
    int panels = outputs / PANEL;
    for (int panel = panels * part / parts; panel < panels * (part + 1) / parts; panel++) {
      for (int row = 0; row < TAPS * inputs; row++) {
        long from = ((long) row * outputs + (long) panel * PANEL) * Float.BYTES;
        MemorySegment.copy(weights, ValueLayout.JAVA_FLOAT, from, taps, row * PANEL, PANEL);
      }
      transformPanel(scratch.transforms(), taps, forward, panel);
    }
  }

  /** Transforms one of several equal parts of the filters for backward passes. */
  public void transformBackward(WinogradScratch scratch, int part, int parts) {
    float[] taps = scratch.taps();
    int panels = inputs / PANEL;
    for (int panel = panels * part / parts; panel < panels * (part + 1) / parts; panel++) {
      turn(panel, taps);
      transformPanel(scratch.transforms(), taps, backward, panel);
    }
  }

  private static void transformPanel(
      WinogradTransforms transforms, float[] taps, Filters to, int panel) {
    for (int row = 0; row < to.rows(); row++) {
      for (int column = 0; column < PANEL; column += Lanes.COUNT) {
        int at = row * PANEL + column;
        transforms.filter(taps, at, to.rows() * PANEL, to, row, panel * PANEL + column);
      }
    }
  }

  /** Weights of a panel of inputs as (tap, output, input). */
  private void turn(int panel, float[] taps) {
    for (int tap = 0; tap < TAPS; tap++) {
      for (int lane = 0; lane < PANEL; lane++) {
        long from = ((long) tap * inputs + (long) panel * PANEL + lane) * outputs;
        int to = tap * outputs * PANEL + lane;
        for (int o = 0; o < outputs; o++) {
          taps[to + o * PANEL] = weights.getAtIndex(ValueLayout.JAVA_FLOAT, from + o);
        }
      }
    }
  }

  /** Writes the gradient of the weights from that of the forward filters' components. */
  void writeGradient(WinogradScratch scratch, Filters from, MemorySegment weightGradient) {
    float[] taps = scratch.taps();
    for (int panel = 0; panel < outputs / PANEL; panel++) {
      for (int row = 0; row < inputs; row++) {
        for (int column = 0; column < PANEL; column += Lanes.COUNT) {
          int at = row * PANEL + column;
          scratch
              .transforms()
              .filterGradient(from, row, panel * PANEL + column, taps, at, inputs * PANEL);
        }
      }
      for (int row = 0; row < TAPS * inputs; row++) {
        long to = ((long) row * outputs + (long) panel * PANEL) * Float.BYTES;
        MemorySegment.copy(taps, row * PANEL, weightGradient, ValueLayout.JAVA_FLOAT, to, PANEL);
      }
    }
  }
}
