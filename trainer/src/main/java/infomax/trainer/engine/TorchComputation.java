package infomax.trainer.engine;

import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

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
  private final Optional<TorchAverage> average;
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
    double decay = preset.adam().averageDecay();
    this.average =
        decay > 0
            ? Optional.of(new TorchAverage(start.trained(), decay, arrays))
            : Optional.empty();
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
    TorchThreads.use(threads);
    parameters.forgetGradient();
    Objective objective = preset.objective();
    try (PointerScope _ = new PointerScope()) {
      TorchObjective loss = new TorchObjective(preset, parameters.byName(), products, arrays);
      Tensor images = encoder.images(pixels);
      TorchEncoder.Features features =
          encoder.forwardTraining(images, loss.parameters(), preset.normMomentum());
      TorchObjective.Terms terms = loss.terms(features, images, randomness);
      terms.total(objective).backward();
      return terms.losses(objective);
    }
  }

  @Override
  public double update(long step, double learningRate) {
    double squaredGradient = parameters.update(preset.adam(), step, learningRate);
    if (Double.isFinite(squaredGradient)) {
      average.ifPresent(each -> each.follow(step, parameters.flat(), encoder.statistics()));
    }
    return squaredGradient;
  }

  @Override
  public List<float[]> embed(List<byte[]> miniBatches) {
    if (average.isEmpty()) {
      return embed(miniBatches, encoder, parameters::byName);
    }
    try (TorchEncoder averaged =
        new TorchEncoder(shape, average.get().statistics(), products, arrays)) {
      return embed(miniBatches, averaged, average.get()::byName);
    }
  }

  private List<float[]> embed(
      List<byte[]> miniBatches, TorchEncoder by, Supplier<Map<String, Tensor>> values) {
    TorchThreads.use(threads);
    List<float[]> embeddings = new ArrayList<>();
    for (byte[] pixels : miniBatches) {
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        TorchObjective loss = new TorchObjective(preset, values.get(), products, arrays);
        TorchEncoder.Features features = by.forwardInference(by.images(pixels), loss.parameters());
        embeddings.add(TorchArrays.toArray(loss.mean(features.pooled())));
      }
    }
    return embeddings;
  }

  @Override
  public Weights weights() {
    return Weights.of(parameters.layout(), parameters.values(), encoder.statistics());
  }

  @Override
  public Optional<Weights> average() {
    return average.map(TorchAverage::weights);
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
    average.ifPresent(TorchAverage::close);
  }
}
