package infomax.trainer.engine;

import infomax.trainer.kernels.AdamKernel.AdamBuffers;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.ParameterTensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Parameters, moments and gradients as flat native buffers in a {@link ParameterLayout}. Every
 * worker has a gradient buffer of its own, which a step overwrites; a tensor that a worker does not
 * write stays zero in its buffer.
 */
final class ParameterBuffers {

  /** Parts start at multiples of this many floats, a cache line. */
  private static final int ALIGNMENT = 16;

  private final ParameterLayout layout;
  private final NativeFloats parameters;
  private final NativeFloats firstMoments;
  private final NativeFloats secondMoments;
  private final List<NativeFloats> gradients = new ArrayList<>();

  ParameterBuffers(NativeArena arena, ParameterLayout layout, int workers) {
    this.layout = layout;
    int size = layout.size();
    this.parameters = arena.floats(1, size);
    this.firstMoments = arena.floats(1, size);
    this.secondMoments = arena.floats(1, size);
    for (int worker = 0; worker < workers; worker++) {
      gradients.add(arena.floats(1, size));
    }
  }

  ParameterLayout layout() {
    return layout;
  }

  /** First float of a worker's part of the flat buffers. */
  int from(int worker) {
    long floats = (long) layout.size() * worker / gradients.size();
    return (int) floats / ALIGNMENT * ALIGNMENT;
  }

  /** Float after the last of a worker's part. */
  int to(int worker) {
    return worker == gradients.size() - 1 ? layout.size() : from(worker + 1);
  }

  NativeFloats parameters() {
    return parameters;
  }

  NativeFloats firstMoments() {
    return firstMoments;
  }

  NativeFloats secondMoments() {
    return secondMoments;
  }

  AdamBuffers adamBuffers() {
    return new AdamBuffers(parameters.segment(), firstMoments.segment(), secondMoments.segment());
  }

  List<MemorySegment> gradientParts() {
    return gradients.stream().map(NativeFloats::segment).toList();
  }

  /** The sum over all workers, which the optimiser leaves in the first part. */
  float[] gradientSum() {
    return gradients.getFirst().toArray();
  }

  /** A tensor's values in its own shape. */
  INDArray weights(String name) {
    return shaped(parameters, layout.tensor(name));
  }

  /** A tensor's gradient, as a worker computes it, in its own shape. */
  INDArray weightGradient(int worker, String name) {
    return shaped(gradients.get(worker), layout.tensor(name));
  }

  /** Where a tensor's values lie. */
  MemorySegment tensor(String name) {
    return row(name).values();
  }

  /** Where a tensor's gradient lies, as a worker computes it. */
  MemorySegment tensorGradient(int worker, String name) {
    return rowGradient(worker, name).values();
  }

  /** Rows [from, to) of a two-dimensional tensor's values. */
  INDArray weightRows(String name, int from, int to) {
    return rows(parameters, layout.tensor(name), from, to);
  }

  /** Rows [from, to) of a two-dimensional tensor's gradient, as a worker computes it. */
  INDArray weightRowsGradient(int worker, String name, int from, int to) {
    return rows(gradients.get(worker), layout.tensor(name), from, to);
  }

  /** A tensor's values as a matrix of one row for the kernels. */
  Matrix row(String name) {
    ParameterTensor tensor = layout.tensor(name);
    return parameters.row(tensor.offset(), tensor.size());
  }

  /** A tensor's gradient, as a worker computes it, as a matrix of one row for the kernels. */
  Matrix rowGradient(int worker, String name) {
    ParameterTensor tensor = layout.tensor(name);
    return gradients.get(worker).row(tensor.offset(), tensor.size());
  }

  private static INDArray shaped(NativeFloats buffer, ParameterTensor tensor) {
    return buffer.view(
        tensor.offset(), tensor.shape().stream().mapToLong(Integer::longValue).toArray());
  }

  private static INDArray rows(NativeFloats buffer, ParameterTensor tensor, int from, int to) {
    int columns = tensor.shape().getLast();
    return buffer.view(tensor.offset() + (long) from * columns, to - from, columns);
  }
}
