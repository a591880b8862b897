package infomax.trainer.engine;

import infomax.trainer.engine.DenseProduct.WeightRows;
import infomax.trainer.kernels.DenseKernels;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.network.Critics;

/** One side's critic: dense, ReLU, dense, and where it is asked for scaled to unit length. */
final class ProjectionHead {

  private final DenseKernels kernels;
  private final Workers workers;
  private final ParameterBuffers buffers;
  private final String name;
  private final Variable in;
  private final Variable hidden;
  private final Variable projections;
  private final DenseProduct hiddenProduct;
  private final DenseProduct outputProduct;
  private final boolean unit;
  private final float[] factors;

  private ProjectionHead(
      TermWiring wiring, String side, NativeFloats input, Critics.Projection widths, boolean unit) {
    this.kernels = wiring.kernels();
    this.workers = wiring.workers();
    this.buffers = wiring.buffers();
    this.name = wiring.name() + "." + side;
    NativeArena arena = wiring.arena();
    this.in = new Variable(input, arena.floats(input.rows(), input.columns()));
    this.hidden = arena.variable(input.rows(), widths.hidden());
    this.projections = arena.variable(input.rows(), widths.output());
    this.hiddenProduct =
        new DenseProduct(
            workers, buffers, new WeightRows(name + ".d1.w", 0, input.columns()), in, hidden);
    this.outputProduct =
        new DenseProduct(
            workers,
            buffers,
            new WeightRows(name + ".d2.w", 0, widths.hidden()),
            hidden,
            projections);
    this.unit = unit;
    this.factors = new float[input.rows()];
  }

  /** A head whose projections have length 1. */
  static ProjectionHead ofUnitLength(
      TermWiring wiring, String side, NativeFloats input, Critics.Projection widths) {
    return new ProjectionHead(wiring, side, input, widths, true);
  }

  /** A head whose projections stay as long as they are. */
  static ProjectionHead ofAnyLength(
      TermWiring wiring, String side, NativeFloats input, Critics.Projection widths) {
    return new ProjectionHead(wiring, side, input, widths, false);
  }

  /** The projections, and the gradient that {@link #backward} starts from. */
  Variable projections() {
    return projections;
  }

  NativeFloats inputGradient() {
    return in.gradient();
  }

  void forward(int worker) {
    int from = firstRow(worker);
    int to = lastRow(worker);
    hiddenProduct.forward(worker);
    kernels.addBiasRelu(hidden.values().matrix(), from, to, buffers.row(name + ".d1.b"));
    outputProduct.forward(worker);
    Matrix output = projections.values().matrix();
    kernels.addBias(output, from, to, buffers.row(name + ".d2.b"));
    if (unit) {
      kernels.normalise(output, from, to, factors);
    }
  }

  void backward(int worker) {
    int from = firstRow(worker);
    int to = lastRow(worker);
    Matrix outputGradient = projections.gradient().matrix();
    if (unit) {
      kernels.normaliseGradient(outputGradient, projections.values().matrix(), from, to, factors);
    }
    kernels.columnSums(outputGradient, from, to, buffers.rowGradient(worker, name + ".d2.b"));
    outputProduct.backward(worker);
    Matrix hiddenGradient = hidden.gradient().matrix();
    kernels.reluGradient(hiddenGradient, hidden.values().matrix(), from, to);
    kernels.columnSums(hiddenGradient, from, to, buffers.rowGradient(worker, name + ".d1.b"));
    hiddenProduct.backward(worker);
  }

  private int firstRow(int worker) {
    return workers.from(worker) * rowsPerImage();
  }

  private int lastRow(int worker) {
    return workers.to(worker) * rowsPerImage();
  }

  private int rowsPerImage() {
    return factors.length / workers.to(workers.count() - 1);
  }
}
