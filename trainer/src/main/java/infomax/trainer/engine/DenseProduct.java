package infomax.trainer.engine;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The matrix products of one dense layer, forward and backward, bound to their buffers for every
 * worker. Biases and activations are the caller's.
 */
final class DenseProduct {

  private final List<CustomOp> forward = new ArrayList<>();
  private final List<CustomOp> weightGradient = new ArrayList<>();
  private final List<CustomOp> inputGradient = new ArrayList<>();

  /**
   * Binds a layer.
   *
   * @param weights which rows of which weight tensor it multiplies with
   * @param in input rows; the gradient's buffer receives the input gradient
   * @param out output rows
   */
  DenseProduct(
      Workers workers, ParameterBuffers buffers, WeightRows weights, Variable in, Variable out) {
    int rowsPerImage = in.values().rows() / workers.to(workers.count() - 1);
    for (int worker = 0; worker < workers.count(); worker++) {
      int from = workers.from(worker) * rowsPerImage;
      int to = workers.to(worker) * rowsPerImage;
      forward.add(
          Products.product(
              in.values().matrix(from, to),
              buffers.weightRows(weights.name(), weights.from(), weights.to()),
              out.values().matrix(from, to)));
      weightGradient.add(
          Products.transposedLeft(
              in.values().matrix(from, to),
              out.gradient().matrix(from, to),
              buffers.weightRowsGradient(worker, weights.name(), weights.from(), weights.to())));
      inputGradient.add(
          Products.transposedRight(
              out.gradient().matrix(from, to),
              buffers.weightRows(weights.name(), weights.from(), weights.to()),
              in.gradient().matrix(from, to)));
    }
  }

  /** out = in . weights, for a worker's rows. */
  void forward(int worker) {
    Nd4j.exec(forward.get(worker));
  }

  /** The worker's part of the weights' gradient, and its rows of the input's gradient. */
  void backward(int worker) {
    Nd4j.exec(weightGradient.get(worker));
    Nd4j.exec(inputGradient.get(worker));
  }

  /**
   * Rows [from, to) of a two-dimensional weight tensor.
   *
   * @param name the tensor's name
   * @param from first row, that is first input
   * @param to row after the last
   */
  record WeightRows(String name, int from, int to) {}
}
