package infomax.trainer.engine;

import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Estimator;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Libtorch with its automatic differentiation. Every pass runs in a scope of its own that frees all
 * tensors it made: left to the garbage collector, which sees small objects only, native memory
 * would grow by a whole step's at every step.
 */
final class TorchComputation implements Computation {

  private final Preset preset;
  private final NetworkShape shape;
  private final TorchDevice device;
  private final TorchProducts products;
  private final TorchArrays arrays;
  private final TorchParameters parameters;
  private final TorchEncoder encoder;
  private final int threads;
  private boolean closed;

  private TorchComputation(
      TrainingPlan plan, TrainingCheckpoint start, TorchDevice device, Precision precision) {
    Weights weights = start.weights();
    this.preset = plan.preset();
    this.shape = weights.shape();
    this.device = device;
    this.threads = plan.threads();
    this.products = new TorchProducts(precision);
    this.arrays = new TorchArrays(device);
    this.parameters = new TorchParameters(start, arrays);
    this.encoder = new TorchEncoder(shape, weights.statistics(), products, arrays);
  }

  static TorchComputation open(TrainingPlan plan, TrainingCheckpoint start) {
    TorchSupport.require(plan.preset(), start.weights().layout());
    TorchLibraries.load();
    TorchDevice device = TorchDevice.choose(plan.target().device());
    return new TorchComputation(plan, start, device, device.precision(plan.target().precision()));
  }

  @Override
  public String device() {
    return ComputeTarget.nameOf(device);
  }

  @Override
  public Precision precision() {
    return products.precision();
  }

  @Override
  public StepLosses differentiate(byte[] pixels, StepRandomness randomness) {
    torch.set_num_threads(threads);
    parameters.forgetGradient();
    try (PointerScope _ = new PointerScope()) {
      Map<String, Tensor> named = parameters.byName();
      Tensor images = encoder.images(pixels);
      TorchEncoder.Features features =
          encoder.forwardTraining(images, named, preset.normMomentum());
      Tensor mean = mean(named, features.pooled());
      Tensor logVariance = dense(named, "logvar", features.pooled());
      Tensor noise = arrays.floats(randomness.noise(), preset.pictures(), shape.dimensions());
      Tensor variance = logVariance.exp();
      Tensor z = mean.add(logVariance.mul(new Scalar(0.5)).exp().mul(noise));
      Objective objective = preset.objective();
      Tensor global =
          objective.alpha() == 0
              ? zero()
              : loss("global", named, z, z, images, randomness.globalPartners());
      Tensor local =
          objective.beta() == 0
              ? zero()
              : loss("local", named, z, features.featureMap(), images, randomness.localPartners());
      Tensor prior =
          logVariance
              .add(new Scalar(1.0))
              .sub(mean.square())
              .sub(variance)
              .mean()
              .mul(new Scalar(-0.5));
      global
          .mul(new Scalar(objective.alpha()))
          .add(local, new Scalar(objective.beta()))
          .add(prior, new Scalar(objective.gamma()))
          .backward();
      return losses(global.item_double(), local.item_double(), prior.item_double());
    }
  }

  private StepLosses losses(double global, double local, double prior) {
    Objective objective = preset.objective();
    double total =
        objective.alpha() * global + objective.beta() * local + objective.gamma() * prior;
    return new StepLosses(total, global, local, prior, 0, 0);
  }

  private Tensor zero() {
    return torch.zeros(new long[0], device.floats());
  }

  private Tensor loss(
      String name,
      Map<String, Tensor> named,
      Tensor z,
      Tensor right,
      Tensor images,
      int[] partners) {
    TorchTerm term = new TorchTerm(name, named, preset.views().count(), products);
    return switch (preset.objective().estimator()) {
      case Estimator.OfPairs ofPairs ->
          term.pairs(ofPairs, z, right, arrays.indices(counterparts()), arrays.indices(partners));
      case Estimator.InfoNce nce -> term.contrast(nce, z, right);
      case Estimator.Reconstruction _ -> term.reconstruct(z, images.flatten(1, -1));
    };
  }

  /** The same image's picture in the next view. */
  private int[] counterparts() {
    int pictures = preset.pictures();
    return IntStream.range(0, pictures).map(i -> (i + preset.miniBatch()) % pictures).toArray();
  }

  private Tensor mean(Map<String, Tensor> named, Tensor pooled) {
    return dense(named, "mean", pooled);
  }

  private Tensor dense(Map<String, Tensor> named, String name, Tensor in) {
    return products
        .multiply(in, TorchEncoder.named(named, name + ".w"))
        .add_(TorchEncoder.named(named, name + ".b"));
  }

  @Override
  public double update(long step, double learningRate) {
    return parameters.update(preset.adam(), step, learningRate);
  }

  @Override
  public void observe(byte[] pixels, double momentum) {
    torch.set_num_threads(threads);
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      encoder.forwardTraining(encoder.images(pixels), parameters.byName(), momentum);
    }
  }

  @Override
  public List<float[]> embed(List<byte[]> miniBatches) {
    return miniBatches.stream().map(this::embed).toList();
  }

  private float[] embed(byte[] pixels) {
    torch.set_num_threads(threads);
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Map<String, Tensor> named = parameters.byName();
      Tensor pooled = encoder.forwardInference(encoder.images(pixels), named).pooled();
      return TorchArrays.toArray(mean(named, pooled));
    }
  }

  @Override
  public Weights weights() {
    return Weights.of(parameters.layout(), parameters.values(), encoder.statistics());
  }

  @Override
  public Optional<Weights> average() {
    return Optional.empty();
  }

  @Override
  public float[] firstMoments() {
    return parameters.firstMoments();
  }

  @Override
  public float[] secondMoments() {
    return parameters.secondMoments();
  }

  @Override
  public float[] gradient() {
    return parameters.gradient();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    parameters.close();
    encoder.close();
  }
}
