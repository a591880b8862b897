package infomax.trainer.engine;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;

/** ND4J's products and our kernels over buffers that are allocated once. */
final class Nd4jComputation implements Computation {

  private final NativeArena arena;
  private final Workers workers;
  private final ParameterBuffers buffers;
  private final TrainingGraph graph;
  private final Optimiser optimiser;

  private Nd4jComputation(
      TrainingPlan plan,
      TrainingCheckpoint start,
      Kernels kernels,
      NativeArena arena,
      Workers workers) {
    Weights weights = start.weights();
    this.arena = arena;
    this.workers = workers;
    this.buffers = new ParameterBuffers(arena, weights.layout(), workers.count());
    this.graph = new TrainingGraph(plan.preset(), kernels, workers, arena, buffers);
    this.optimiser = new Optimiser(kernels.adam(), workers, buffers, plan.preset().adam());
    buffers.parameters().copyFrom(weights.parameters());
    buffers.firstMoments().copyFrom(start.firstMoments());
    buffers.secondMoments().copyFrom(start.secondMoments());
    graph.restore(weights.statistics());
  }

  static Nd4jComputation open(TrainingPlan plan, TrainingCheckpoint start) {
    return open(plan, start, Kernels.available());
  }

  static Nd4jComputation open(TrainingPlan plan, TrainingCheckpoint start, Kernels kernels) {
    NativeArena arena = new NativeArena();
    Workers workers = Workers.start(plan.threads(), plan.preset().pictures());
    try {
      return new Nd4jComputation(plan, start, kernels, arena, workers);
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
    return Precision.FLOAT32;
  }

  @Override
  public StepLosses differentiate(byte[] pixels, StepRandomness randomness) {
    StepLosses losses = graph.forward(pixels, randomness);
    graph.backward();
    return losses;
  }

  @Override
  public double update(long step, double learningRate) {
    return optimiser.update(step, learningRate);
  }

  @Override
  public void observe(byte[] pixels, double momentum) {
    graph.observe(pixels, momentum);
  }

  @Override
  public float[] embed(byte[] pixels) {
    return graph.embed(pixels);
  }

  @Override
  public Weights weights() {
    return Weights.of(buffers.layout(), buffers.parameters().toArray(), graph.statistics());
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
