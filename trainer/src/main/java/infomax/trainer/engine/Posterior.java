package infomax.trainer.engine;

import infomax.trainer.kernels.DenseKernels;
import infomax.trainer.kernels.Matrix;

/**
 * p(z|x): mean and log variance from the pooled features, the sample z = mean + exp(logvar / 2) u,
 * and the prior term.
 */
final class Posterior {

  private final DenseKernels kernels;
  private final Workers workers;
  private final ParameterBuffers buffers;
  private final Variable pooled;
  private final Variable mean;
  private final Variable logVariance;
  private final Variable sample;
  private final NativeFloats pooledGradientOfVariance;
  private final DenseProduct meanProduct;
  private final DenseProduct varianceProduct;
  private final double gamma;
  private final double[] priorParts;
  private float[] noise = {};

  /**
   * Wires the layer.
   *
   * @param pooled h, its input
   * @param gamma weight of the prior term in the loss
   */
  Posterior(
      DenseKernels kernels,
      Workers workers,
      NativeArena arena,
      ParameterBuffers buffers,
      Variable pooled,
      double gamma) {
    this.kernels = kernels;
    this.workers = workers;
    this.buffers = buffers;
    this.pooled = pooled;
    this.gamma = gamma;
    int images = pooled.values().rows();
    int dimensions = pooled.values().columns();
    this.mean = arena.variable(images, dimensions);
    this.logVariance = arena.variable(images, dimensions);
    this.sample = arena.variable(images, dimensions);
    this.pooledGradientOfVariance = arena.floats(images, dimensions);
    this.meanProduct =
        new DenseProduct(
            workers, buffers, new DenseProduct.WeightRows("mean.w", 0, dimensions), pooled, mean);
    this.varianceProduct =
        new DenseProduct(
            workers,
            buffers,
            new DenseProduct.WeightRows("logvar.w", 0, dimensions),
            new Variable(pooled.values(), pooledGradientOfVariance),
            logVariance);
    this.priorParts = new double[workers.count()];
  }

  /** z, drawn in the forward pass; its gradient is the caller's to write. */
  Variable sample() {
    return sample;
  }

  /** The embedding. */
  NativeFloats mean() {
    return mean.values();
  }

  /** The prior term, unweighted, of the last forward pass. */
  double prior() {
    double sum = 0;
    for (double part : priorParts) {
      sum += part;
    }
    return sum / (mean.values().rows() * (double) mean.values().columns());
  }

  /** The noise of the next forward pass; borrowed until the backward pass is over. */
  void read(float[] newNoise) {
    noise = newNoise;
  }

  void embed(int worker) {
    meanProduct.forward(worker);
    kernels.addBias(
        mean.values().matrix(), workers.from(worker), workers.to(worker), buffers.row("mean.b"));
  }

  void forward(int worker) {
    embed(worker);
    varianceProduct.forward(worker);
    kernels.addBias(
        logVariance.values().matrix(),
        workers.from(worker),
        workers.to(worker),
        buffers.row("logvar.b"));
    int dimensions = mean.values().columns();
    double prior = 0;
    for (int i = workers.from(worker) * dimensions; i < workers.to(worker) * dimensions; i++) {
      double m = mean.values().get(i);
      double logV = logVariance.values().get(i);
      double deviation = Math.exp(logV / 2);
      sample.values().set(i, (float) (m + deviation * noise[i]));
      prior += -0.5 * (1 + logV - m * m - deviation * deviation);
    }
    priorParts[worker] = prior;
  }

  /** From the gradient of z to that of the pooled features. */
  void backward(int worker) {
    int dimensions = mean.values().columns();
    double priorWeight = gamma / (mean.values().rows() * (double) dimensions);
    for (int i = workers.from(worker) * dimensions; i < workers.to(worker) * dimensions; i++) {
      double ofSample = sample.gradient().get(i);
      double deviation = Math.exp(logVariance.values().get(i) / 2.0);
      mean.gradient().set(i, (float) (ofSample + priorWeight * mean.values().get(i)));
      logVariance
          .gradient()
          .set(
              i,
              (float)
                  (0.5 * ofSample * deviation * noise[i]
                      + 0.5 * priorWeight * (deviation * deviation - 1)));
    }
    int from = workers.from(worker);
    int to = workers.to(worker);
    kernels.columnSums(mean.gradient().matrix(), from, to, buffers.rowGradient(worker, "mean.b"));
    kernels.columnSums(
        logVariance.gradient().matrix(), from, to, buffers.rowGradient(worker, "logvar.b"));
    meanProduct.backward(worker);
    varianceProduct.backward(worker);
    Matrix gradient = pooled.gradient().matrix();
    kernels.add(gradient, from, pooledGradientOfVariance.matrix(), from, to - from, gradient, from);
  }
}
