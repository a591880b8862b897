package infomax.trainer.engine;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.TrainingCheckpoint.Progress;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Adam;
import infomax.trainer.objective.Preset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training in progress: buffers, workers and the step. Owns native memory (some 150 MB for 32
 * px images, 250 MB for 64 px) and threads until closed. To be used by one thread at a time.
 *
 * <p>Images are unsigned bytes, (image, colour R G B, y, x), without gaps; the network sees value /
 * 255 - 0.5. Same preset, weights, seed, images and number of threads: same weights, bit for bit,
 * on one kind of processor.
 */
public final class Training implements AutoCloseable {

  /** A loss beyond this is no estimate of anything any more: chance is below 10. */
  private static final double LOSS_MAX = 1e4;

  private static final Logger log = LoggerFactory.getLogger(Training.class);

  private final TrainingPlan plan;
  private final long seed;
  private final NetworkShape shape;
  private final NativeArena arena;
  private final Workers workers;
  private final ParameterBuffers buffers;
  private final TrainingGraph graph;
  private final Optimiser optimiser;
  private final Optional<WeightAverage> average;
  private long stepsPlanned;
  private long steps;
  private State state = State.RUNNING;

  private enum State {
    RUNNING,
    DIVERGED,
    CLOSED
  }

  private Training(
      TrainingPlan plan,
      TrainingCheckpoint start,
      Kernels kernels,
      NativeArena arena,
      Workers workers) {
    Weights weights = start.weights();
    this.plan = plan;
    this.seed = start.progress().seed();
    this.steps = start.progress().step();
    this.stepsPlanned = plan.stepsPlanned();
    this.shape = weights.shape();
    this.arena = arena;
    this.workers = workers;
    this.buffers = new ParameterBuffers(arena, weights.layout(), workers.count());
    this.graph = new TrainingGraph(plan.preset(), kernels, workers, arena, buffers);
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

  /**
   * Starts a training at step 0.
   *
   * @throws IllegalArgumentException if the weights have other critics than the preset trains
   */
  public static Training start(TrainingPlan plan, Weights initial) {
    int size = initial.layout().size();
    Progress progress = new Progress(plan.preset().name(), plan.seed(), 0);
    return open(
        plan,
        TrainingCheckpoint.of(progress, initial, new float[size], new float[size]),
        Kernels.available());
  }

  /**
   * Goes on from a checkpoint as if there had been no interruption. The seed is the checkpoint's.
   *
   * @throws IllegalArgumentException if the checkpoint belongs to another preset
   */
  public static Training resume(TrainingPlan plan, TrainingCheckpoint checkpoint) {
    if (!checkpoint.progress().preset().equals(plan.preset().name())) {
      throw new IllegalArgumentException(
          "checkpoint of preset '%s', expected '%s': choose that preset or start anew"
              .formatted(checkpoint.progress().preset(), plan.preset().name()));
    }
    return open(plan, checkpoint, Kernels.available());
  }

  static Training open(TrainingPlan plan, TrainingCheckpoint start, Kernels kernels) {
    ParameterLayout expected = plan.preset().layout(start.weights().shape());
    if (!start.weights().layout().equals(expected)) {
      throw new IllegalArgumentException(
          "weights %s, expected %s for preset '%s'"
              .formatted(start.weights().layout(), expected, plan.preset().name()));
    }
    NativeArena arena = new NativeArena();
    Workers workers = Workers.start(plan.threads(), plan.preset().pictures());
    Training training;
    try {
      training = new Training(plan, start, kernels, arena, workers);
    } catch (RuntimeException | Error e) {
      workers.close();
      arena.close();
      throw e;
    }
    log.info(
        "training opened: preset={} inputSize={} step={} stepsPlanned={} threads={} kernels={}",
        plan.preset().name(),
        training.shape.inputSize(),
        training.steps,
        plan.stepsPlanned(),
        training.workers.count(),
        kernels.name());
    return training;
  }

  /** Steps completed, those before a resumed checkpoint included. */
  public long stepsDone() {
    return steps;
  }

  /**
   * Plans another end, which the learning rate's schedule follows from the next step on: for a
   * training that is given time rather than steps.
   *
   * @param steps of the whole training, 1 or more
   */
  public void plan(long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("planned steps " + steps + ", expected 1 or more");
    }
    stepsPlanned = steps;
  }

  /** Bytes of one mini-batch: first the first view of every image, then the second of every one. */
  public int miniBatchBytes() {
    return plan.preset().pictures() * shape.imageBytes();
  }

  /**
   * One step on one mini-batch.
   *
   * @param pixels exactly {@link #miniBatchBytes()} bytes; borrowed until this returns
   * @throws IllegalArgumentException if the length differs
   * @throws IllegalStateException after a divergence or close
   */
  public StepOutcome step(byte[] pixels) {
    Preset preset = plan.preset();
    return step(
        pixels,
        StepRandomness.draw(
            seed, steps, preset.miniBatch(), preset.views().count(), shape.dimensions()));
  }

  StepOutcome step(byte[] pixels, StepRandomness randomness) {
    requireState();
    requireLength(pixels);
    StepLosses losses = graph.forward(pixels, randomness);
    if (!losses.finite() || Math.abs(losses.total()) > LOSS_MAX) {
      return diverge(losses, "loss " + losses.total() + ", expected at most " + LOSS_MAX);
    }
    graph.backward();
    Adam adam = plan.preset().adam();
    double rate = adam.learningRate().at(steps, stepsPlanned);
    double squaredGradient = optimiser.update(steps + 1, rate);
    if (!Double.isFinite(squaredGradient)) {
      return diverge(losses, "squared gradient " + squaredGradient + ", expected a number");
    }
    steps++;
    average.ifPresent(each -> each.follow(steps, graph.statistics()));
    return new StepOutcome.Advanced(steps, losses, rate);
  }

  private StepOutcome diverge(StepLosses losses, String reason) {
    state = State.DIVERGED;
    log.warn("training diverged: step={} reason={}", steps, reason);
    return new StepOutcome.Diverged(steps, losses, reason);
  }

  /** The network as it is now. */
  public Weights weights() {
    requireState();
    return Weights.of(buffers.layout(), buffers.parameters().toArray(), graph.statistics());
  }

  /** The network to export: the average over the steps where the preset asks for one. */
  public Weights trained() {
    requireState();
    return average.map(WeightAverage::weights).orElseGet(this::weights);
  }

  /** Everything needed to go on from here. */
  public TrainingCheckpoint checkpoint() {
    TrainingCheckpoint checkpoint =
        TrainingCheckpoint.of(
            new Progress(plan.preset().name(), seed, steps),
            weights(),
            buffers.firstMoments().toArray(),
            buffers.secondMoments().toArray());
    return average.map(each -> checkpoint.withAverage(each.weights())).orElse(checkpoint);
  }

  /**
   * Replaces the running statistics by the plain average over these mini-batches: those of a short
   * training lag behind its weights. Weights do not change, nor does an average of them.
   *
   * @param miniBatches at least one, each of {@link #miniBatchBytes()} bytes
   * @throws IllegalArgumentException if there is none, or a length differs
   */
  public void reestimateStatistics(Iterable<byte[]> miniBatches) {
    requireState();
    int seen = 0;
    for (byte[] pixels : miniBatches) {
      requireLength(pixels);
      graph.observe(pixels, seen / (seen + 1.0));
      seen++;
    }
    if (seen == 0) {
      throw new IllegalArgumentException("no mini-batch, expected at least one");
    }
  }

  /**
   * Embeddings as the {@link #trained} network's inference computes them: the mean of p(z|x) with
   * running statistics.
   *
   * @param pixels any whole number of images
   * @return one embedding per image
   * @throws IllegalArgumentException if the bytes are no whole number of images
   */
  public List<float[]> embed(byte[] pixels) {
    requireState();
    if (pixels.length % shape.imageBytes() != 0) {
      throw new IllegalArgumentException(
          "%d bytes, expected a multiple of %d".formatted(pixels.length, shape.imageBytes()));
    }
    if (average.isEmpty()) {
      return embeddings(pixels);
    }
    Weights current = weights();
    load(average.get().weights());
    try {
      return embeddings(pixels);
    } finally {
      load(current);
    }
  }

  private void load(Weights weights) {
    buffers.parameters().copyFrom(weights.parameters());
    graph.restore(weights.statistics());
  }

  private List<float[]> embeddings(byte[] pixels) {
    List<float[]> embeddings = new ArrayList<>();
    for (int start = 0; start < pixels.length; start += miniBatchBytes()) {
      float[] means = graph.embed(Arrays.copyOfRange(pixels, start, start + miniBatchBytes()));
      int images = Math.min(miniBatchBytes(), pixels.length - start) / shape.imageBytes();
      for (int i = 0; i < images; i++) {
        embeddings.add(
            Arrays.copyOfRange(means, i * shape.dimensions(), (i + 1) * shape.dimensions()));
      }
    }
    return embeddings;
  }

  /** The gradient of the last step's loss. */
  float[] lastGradient() {
    return buffers.gradientSum();
  }

  private void requireState() {
    if (state != State.RUNNING) {
      throw new IllegalStateException("training is " + state + ", expected RUNNING");
    }
  }

  private void requireLength(byte[] pixels) {
    if (pixels.length != miniBatchBytes()) {
      throw new IllegalArgumentException(
          "%d bytes, expected %d: %d pictures of 3 x %d x %d"
              .formatted(
                  pixels.length,
                  miniBatchBytes(),
                  plan.preset().pictures(),
                  shape.inputSize(),
                  shape.inputSize()));
    }
  }

  /** Frees the native memory and ends the threads. Idempotent. */
  @Override
  public void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    workers.close();
    arena.close();
  }
}
