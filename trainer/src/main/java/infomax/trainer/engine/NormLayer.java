package infomax.trainer.engine;

import infomax.trainer.kernels.Affine;
import infomax.trainer.kernels.ChannelSums;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.kernels.NormGradient;
import infomax.trainer.kernels.NormKernels;
import infomax.trainer.kernels.Pixels;
import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Batch normalisation, LeakyReLU and pooling behind one convolution.
 *
 * <p>Order of calls in a step: every worker {@link #collect}s; {@link #useMiniBatch} once; every
 * worker {@link #activate}s; later every worker {@link #collectGradient}s; {@link #shareGradient}
 * once; every worker {@link #applyGradient}s. In between the caller waits for all workers.
 */
final class NormLayer {

  private final NormKernels kernels;
  private final Workers workers;
  private final Pixels convolved;
  private final Pixels out;
  private final Pixels outGradient;
  private final Matrix scale;
  private final Matrix shift;
  private final Matrix scaleGradient;
  private final Matrix shiftGradient;
  private final RunningStatistics running;
  private final List<ChannelSums> sums = new ArrayList<>();
  private final Affine affine;
  private final NormGradient normGradient;
  private final double[] mean;
  private final double[] inverseDeviation;
  private final double count;

  /**
   * Wires the layer.
   *
   * @param convolved the convolution's output; its values become their own gradient in the backward
   *     pass
   * @param out activated and pooled output
   */
  NormLayer(
      NormKernels kernels,
      Workers workers,
      ParameterBuffers buffers,
      Convolution convolution,
      NativeFloats convolved,
      Variable out,
      int outSide) {
    this.kernels = kernels;
    this.workers = workers;
    this.convolved = convolved.pixels(convolution.side());
    this.out = out.values().pixels(outSide);
    this.outGradient = out.gradient().pixels(outSide);
    String name = "bn" + convolution.ordinal();
    this.scale = buffers.row(name + ".g");
    this.shift = buffers.row(name + ".b");
    this.scaleGradient = buffers.rowGradient(0, name + ".g");
    this.shiftGradient = buffers.rowGradient(0, name + ".b");
    int channels = convolution.outputChannels();
    this.running = new RunningStatistics(channels);
    for (int worker = 0; worker < workers.count(); worker++) {
      sums.add(new ChannelSums(channels));
    }
    this.affine = Affine.create(channels);
    this.normGradient = NormGradient.create(channels);
    this.mean = new double[channels];
    this.inverseDeviation = new double[channels];
    this.count = convolved.rows();
  }

  RunningStatistics running() {
    return running;
  }

  /** Sums a worker's share of the convolution's output. */
  void collect(int worker) {
    ChannelSums own = sums.get(worker);
    own.clear();
    kernels.sums(convolved, workers.from(worker), workers.to(worker), own);
  }

  /**
   * Normalises by the mini-batch's own mean and variance, and lets the running statistics follow.
   *
   * @param momentum share of the old running value
   */
  void useMiniBatch(double momentum) {
    ChannelSums all = total();
    for (int c = 0; c < mean.length; c++) {
      double average = all.first(c) / count;
      double variance = Math.max(0, all.second(c) / count - average * average);
      running.follow(c, average, variance * count / (count - 1), momentum);
      normaliseBy(c, average, variance);
    }
  }

  /** Normalises by the running statistics, as inference does. */
  void useRunning() {
    for (int c = 0; c < mean.length; c++) {
      normaliseBy(c, running.mean()[c], running.variance()[c]);
    }
  }

  private void normaliseBy(int c, double average, double variance) {
    mean[c] = average;
    inverseDeviation[c] = 1 / Math.sqrt(variance + NetworkShape.NORM_EPSILON);
    double factor = value(scale, c) * inverseDeviation[c];
    affine.scale()[c] = (float) factor;
    affine.shift()[c] = (float) (value(shift, c) - average * factor);
  }

  /** Writes a worker's share of the output. */
  void activate(int worker) {
    kernels.activate(convolved, workers.from(worker), workers.to(worker), affine, out);
  }

  /** Sums a worker's share of the gradient that reaches the normalisation. */
  void collectGradient(int worker) {
    ChannelSums own = sums.get(worker);
    own.clear();
    kernels.gradientSums(
        convolved, workers.from(worker), workers.to(worker), affine, outGradient, own);
  }

  /** Gradients of scale and shift, and what all pixels need to know about each other's. */
  void shareGradient() {
    ChannelSums all = total();
    for (int c = 0; c < mean.length; c++) {
      double ofShift = all.first(c);
      double ofScale = (all.second(c) - mean[c] * ofShift) * inverseDeviation[c];
      set(shiftGradient, c, (float) ofShift);
      set(scaleGradient, c, (float) ofScale);
      double factor = value(scale, c) * inverseDeviation[c];
      double slope = -factor * inverseDeviation[c] * ofScale / count;
      normGradient.factor()[c] = (float) factor;
      normGradient.slope()[c] = (float) slope;
      normGradient.constant()[c] = (float) (-factor * ofShift / count - slope * mean[c]);
    }
  }

  /** Replaces a worker's share of the convolution's output by its gradient. */
  void applyGradient(int worker) {
    kernels.gradient(
        convolved, workers.from(worker), workers.to(worker), affine, outGradient, normGradient);
  }

  private ChannelSums total() {
    ChannelSums all = sums.getFirst();
    for (ChannelSums part : sums.subList(1, sums.size())) {
      all.add(part);
    }
    return all;
  }

  private static float value(Matrix row, int c) {
    return row.values().get(ValueLayout.JAVA_FLOAT, (long) c * Float.BYTES);
  }

  private static void set(Matrix row, int c, float value) {
    row.values().set(ValueLayout.JAVA_FLOAT, (long) c * Float.BYTES, value);
  }
}
