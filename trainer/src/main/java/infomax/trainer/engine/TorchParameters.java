package infomax.trainer.engine;

import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.objective.Adam;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Parameters as one flat tensor in a {@link ParameterLayout}, with its gradient and Adam's moments:
 * one leaf for differentiation, a few operations for the optimiser. Not safe for use by several
 * threads.
 */
final class TorchParameters implements AutoCloseable {

  private final ParameterLayout layout;
  private final Tensor values;
  private final Tensor firstMoments;
  private final Tensor secondMoments;

  /** Copies a checkpoint to the device. */
  TorchParameters(TrainingCheckpoint start, TorchArrays arrays) {
    this.layout = start.weights().layout();
    try (PointerScope _ = new PointerScope()) {
      this.values = arrays.floats(start.weights().parameters(), layout.size()).retainReference();
      this.firstMoments = arrays.floats(start.firstMoments(), layout.size()).retainReference();
      this.secondMoments = arrays.floats(start.secondMoments(), layout.size()).retainReference();
      values.set_requires_grad(true);
    }
  }

  ParameterLayout layout() {
    return layout;
  }

  /** Every tensor in its own shape, by name, as views of the flat one. */
  Map<String, Tensor> byName() {
    return byName(layout, values);
  }

  /** The same of any values in that layout. */
  static Map<String, Tensor> byName(ParameterLayout layout, Tensor values) {
    List<ParameterTensor> tensors = layout.tensors();
    long[] sizes = tensors.stream().mapToLong(ParameterTensor::size).toArray();
    TensorVector parts = torch.split_with_sizes(values, sizes);
    Map<String, Tensor> byName = new HashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      ParameterTensor tensor = tensors.get(i);
      long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
      byName.put(tensor.name(), parts.get(i).view(shape));
    }
    return byName;
  }

  /** Forgets the last gradient, so that the next backward pass writes its own. */
  void forgetGradient() {
    try (PointerScope _ = new PointerScope()) {
      values.mutable_grad().reset();
    }
  }

  /** One step; see {@link Computation#update}. */
  double update(Adam adam, long step, double learningRate) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor gradient = values.grad();
      double squared = gradient.to(ScalarType.Double).square().sum().item_double();
      if (!Double.isFinite(squared)) {
        return squared;
      }
      if (adam.gradientMax() > 0 && squared > adam.gradientMax() * adam.gradientMax()) {
        gradient.mul_(new Scalar(adam.gradientMax() / Math.sqrt(squared)));
      }
      firstMoments.mul_(new Scalar(adam.beta1())).add_(gradient, new Scalar(1 - adam.beta1()));
      secondMoments
          .mul_(new Scalar(adam.beta2()))
          .addcmul_(gradient, gradient, new Scalar(1 - adam.beta2()));
      double rootFactor = 1 / Math.sqrt(1 - Math.pow(adam.beta2(), (double) step));
      double rate = learningRate / (1 - Math.pow(adam.beta1(), (double) step));
      Tensor root =
          secondMoments.sqrt().mul_(new Scalar(rootFactor)).add_(new Scalar(adam.epsilon()));
      values.addcdiv_(firstMoments, root, new Scalar(-rate));
      return squared;
    }
  }

  /** The flat tensor itself, which every step changes. */
  Tensor flat() {
    return values;
  }

  float[] values() {
    return TorchArrays.toArray(values);
  }

  float[] firstMoments() {
    return TorchArrays.toArray(firstMoments);
  }

  float[] secondMoments() {
    return TorchArrays.toArray(secondMoments);
  }

  float[] gradient() {
    try (PointerScope _ = new PointerScope()) {
      return TorchArrays.toArray(values.grad());
    }
  }

  @Override
  public void close() {
    values.close();
    firstMoments.close();
    secondMoments.close();
  }
}
