package infomax.trainer.engine;

import infomax.trainer.kernels.DenseKernels;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.network.Pooling;

/** The pool of {@link Pooling#ATTENTION} over each picture's locations. */
final class AttentionPool {

  private static final String WEIGHTS = "pool.w";

  private final DenseKernels kernels;
  private final Workers workers;
  private final ParameterBuffers buffers;
  private final Variable map;
  private final Variable pooled;
  private final int locations;
  private final float[] attention;
  private final float[] scoreGradient;

  /**
   * Wires the pool.
   *
   * @param map (picture and location, channel)
   * @param pooled h, (picture, channel)
   */
  AttentionPool(
      DenseKernels kernels,
      Workers workers,
      ParameterBuffers buffers,
      Variable map,
      Variable pooled) {
    this.kernels = kernels;
    this.workers = workers;
    this.buffers = buffers;
    this.map = map;
    this.pooled = pooled;
    this.locations = map.values().rows() / pooled.values().rows();
    this.attention = new float[map.values().rows()];
    this.scoreGradient = new float[map.values().rows()];
  }

  Variable pooled() {
    return pooled;
  }

  void forward(int worker) {
    Matrix values = map.values().matrix();
    for (int picture = workers.from(worker); picture < workers.to(worker); picture++) {
      int from = picture * locations;
      int to = from + locations;
      kernels.dot(values, from, to, buffers.row(WEIGHTS), attention);
      softmax(from, to);
      Matrix out = pooled.values().row(picture);
      out.values().fill((byte) 0);
      kernels.weightedSum(values, from, to, attention, out);
    }
  }

  private void softmax(int from, int to) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int l = from; l < to; l++) {
      largest = Math.max(largest, attention[l]);
    }
    double sum = 0;
    for (int l = from; l < to; l++) {
      sum += Math.exp(attention[l] - largest);
    }
    for (int l = from; l < to; l++) {
      attention[l] = (float) (Math.exp(attention[l] - largest) / sum);
    }
  }

  /** From the gradient of h to that of the map, and the worker's part of the weights' gradient. */
  void backward(int worker) {
    Matrix values = map.values().matrix();
    Matrix weightGradient = buffers.rowGradient(worker, WEIGHTS);
    weightGradient.values().fill((byte) 0);
    for (int picture = workers.from(worker); picture < workers.to(worker); picture++) {
      int from = picture * locations;
      int to = from + locations;
      Matrix outGradient = pooled.gradient().row(picture);
      kernels.dot(values, from, to, outGradient, scoreGradient);
      throughSoftmax(from, to);
      kernels.weightedSum(values, from, to, scoreGradient, weightGradient);
      kernels.combine(
          outGradient,
          0,
          attention,
          buffers.row(WEIGHTS),
          0,
          scoreGradient,
          from,
          to,
          map.gradient().matrix());
    }
  }

  /** From the gradient of the attention to that of the scores. */
  private void throughSoftmax(int from, int to) {
    double mean = 0;
    for (int l = from; l < to; l++) {
      mean += (double) attention[l] * scoreGradient[l];
    }
    for (int l = from; l < to; l++) {
      scoreGradient[l] = (float) (attention[l] * (scoreGradient[l] - mean));
    }
  }
}
