package infomax.trainer.engine;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Adam;
import java.util.List;
import java.util.Optional;

/** ND4J's products and our kernels over buffers that are allocated once. */
final class Nd4jComputation implements Computation {

  private final NativeArena arena;
  private final Workers workers;
  private final ParameterBuffers buffers;
  private final TrainingGraph graph;
  private final Optimiser optimiser;
  private final Optional<WeightAverage> average;
  private final Precision precision;

  private Nd4jComputation(
      TrainingPlan plan,
      TrainingCheckpoint start,
      Precision precision,
      Kernels kernels,
      NativeArena arena,
      Workers workers) {
    Weights weights = start.weights();
    this.arena = arena;
    this.workers = workers;
    this.precision = precision;
    this.buffers = new ParameterBuffers(arena, weights.layout(), workers.count());
    this.graph = new TrainingGraph(plan.preset(), precision, kernels, workers, arena, buffers);
    Adam adam = plan.preset().adam();
    this.optimiser = new Optimiser(kernels.adam(), workers, buffers, adam);
    this.average =
        adam.averageDecay() > 0
            ? Optional.of(
                new WeightAverage(
                    kernels.adam(), workers, arena, buffers, adam.averageDecay(), start.trained()))
            : Optional.empty();
    load(weights);
    buffers.firstMoments().copyFrom(start.firstMoments());
    buffers.secondMoments().copyFrom(start.secondMoments());
  }

  static Nd4jComputation open(TrainingPlan plan, TrainingCheckpoint start) {
    return open(plan, start, Kernels.available());
  }

  static Nd4jComputation open(TrainingPlan plan, TrainingCheckpoint start, Kernels kernels) {
    Precision precision = Engine.ND4J.precision(plan.target());
    NativeArena arena = new NativeArena();
    Workers workers = Workers.start(plan.threads(), plan.preset().pictures());
    try {
      return new Nd4jComputation(plan, start, precision, kernels, arena, workers);
    } catch (RuntimeException | Error e) {
      workers.close();
      arena.close();
      throw e;
    }
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public StepLosses differentiate(byte[] pixels, StepRandomness randomness) {
    StepLosses losses = graph.forward(pixels, randomness);
    graph.backward();
    return losses;
  }

  @Override
  public double update(long step, double learningRate) {
    double squaredGradient = optimiser.update(step, learningRate);
    if (Double.isFinite(squaredGradient)) {
      average.ifPresent(each -> each.follow(step, graph.statistics()));
    }
    return squaredGradient;
  }

  @Override
  public List<float[]> embed(List<byte[]> miniBatches) {
    if (average.isEmpty()) {
      return miniBatches.stream().map(graph::embed).toList();
    }
    Weights current = weights();
    load(average.get().weights());
    try {
      return miniBatches.stream().map(graph::embed).toList();
    } finally {
      load(current);
    }
  }

  private void load(Weights weights) {
    buffers.parameters().copyFrom(weights.parameters());
    graph.restore(weights.statistics());
  }

  @Override
  public Weights weights() {
    return Weights.of(buffers.layout(), buffers.parameters().toArray(), graph.statistics());
  }

  @Override
  public Optional<Weights> average() {
    return average.map(WeightAverage::weights);
  }

  @Override
  public float[] firstMoments() {
    return buffers.firstMoments().toArray();
  }

  @Override
  public float[] secondMoments() {
    return buffers.secondMoments().toArray();
  }

  /** The sum over the workers' parts, which {@link #update} makes. */
  @Override
  public float[] gradient() {
    return buffers.gradientSum();
  }

  @Override
  public void close() {
    workers.close();
    arena.close();
  }
}
