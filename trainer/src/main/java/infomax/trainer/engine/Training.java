package infomax.trainer.engine;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training in progress, whichever engine computes it. Owns native memory (ND4J: some 150 MB for
 * 32 px images, 250 MB for 64 px) and threads until closed. To be used by one thread at a time.
 *
 * <p>Images are unsigned bytes, (image, colour R G B, y, x), without gaps; the network sees value /
 * 255 - 0.5. Same preset, weights, seed, images, engine, number of threads and precision: same
 * weights, bit for bit, on one kind of processor. Checkpoints are the same for every engine.
 */
public final class Training implements AutoCloseable {

  /** A loss beyond this is no estimate of anything any more: chance is below 10. */
  private static final double LOSS_MAX = 1e4;

  private static final Logger log = LoggerFactory.getLogger(Training.class);

  private final TrainingPlan plan;
  private final long seed;
  private final NetworkShape shape;
  private final Computation computation;
  private long stepsPlanned;
  private long steps;
  private State state = State.RUNNING;

  private enum State {
    RUNNING,
    DIVERGED,
    CLOSED
  }

  private Training(TrainingPlan plan, TrainingCheckpoint start, Computation computation) {
    this.plan = plan;
    this.seed = start.progress().seed();
    this.steps = start.progress().step();
    this.stepsPlanned = plan.stepsPlanned();
    this.shape = start.weights().shape();
    this.computation = computation;
  }

  /**
   * Starts a training at step 0.
   *
   * @throws IllegalArgumentException if the weights have other critics than the preset trains, or
   *     if the engine cannot train the preset
   * @throws UnusableTargetException if the plan's target cannot compute here
   */
  public static Training start(TrainingPlan plan, Weights initial) {
    int size = initial.layout().size();
    Progress progress = new Progress(plan.preset().name(), plan.seed(), 0);
    return open(plan, TrainingCheckpoint.of(progress, initial, new float[size], new float[size]));
  }

  /**
   * Goes on from a checkpoint as if there had been no interruption. The seed is the checkpoint's.
   *
   * @throws IllegalArgumentException if the checkpoint belongs to another preset, or as {@link
   *     #start} does
   */
  public static Training resume(TrainingPlan plan, TrainingCheckpoint checkpoint) {
    if (!checkpoint.progress().preset().equals(plan.preset().name())) {
      throw new IllegalArgumentException(
          "checkpoint of preset '%s', expected '%s': choose that preset or start anew"
              .formatted(checkpoint.progress().preset(), plan.preset().name()));
    }
    return open(plan, checkpoint);
  }

  private static Training open(TrainingPlan plan, TrainingCheckpoint start) {
    ParameterLayout expected = plan.preset().layout(start.weights().shape());
    if (!start.weights().layout().equals(expected)) {
      throw new IllegalArgumentException(
          "weights %s, expected %s for preset '%s'"
              .formatted(start.weights().layout(), expected, plan.preset().name()));
    }
    return over(plan, start, plan.target().engine().open(plan, start));
  }

  static Training over(TrainingPlan plan, TrainingCheckpoint start, Computation computation) {
    Training training = new Training(plan, start, computation);
    log.info(
        "training opened: preset={} inputSize={} step={} stepsPlanned={} threads={} computedBy={}"
            + " precision={}",
        plan.preset().name(),
        training.shape.inputSize(),
        training.steps,
        plan.stepsPlanned(),
        plan.threads(),
        training.computedBy(),
        training.precision().text());
    return training;
  }

  /** Engine and device, such as {@code nd4j cpu}. */
  public String computedBy() {
    return ComputeTarget.nameOf(plan.target().engine()) + " " + device();
  }

  /** Where it runs: {@code cpu} or {@code cuda}. */
  public String device() {
    return computation.device();
  }

  /** What its convolutions multiply. */
  public Precision precision() {
    return computation.precision();
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
        StepRandomness.draw(seed, steps, preset.miniBatch(), preset.views().count(), shape));
  }

  StepOutcome step(byte[] pixels, StepRandomness randomness) {
    requireState();
    requireLength(pixels);
    StepLosses losses = computation.differentiate(pixels, randomness);
    if (!losses.finite() || Math.abs(losses.total()) > LOSS_MAX) {
      return diverge(losses, "loss " + losses.total() + ", expected at most " + LOSS_MAX);
    }
    Adam adam = plan.preset().adam();
    double rate = adam.learningRate().at(steps, stepsPlanned);
    double squaredGradient = computation.update(steps + 1, rate);
    if (!Double.isFinite(squaredGradient)) {
      return diverge(losses, "squared gradient " + squaredGradient + ", expected a number");
    }
    steps++;
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
    return computation.weights();
  }

  /** The network to export: the average over the steps where the preset asks for one. */
  public Weights trained() {
    requireState();
    return computation.average().orElseGet(computation::weights);
  }

  /** Everything needed to go on from here. */
  public TrainingCheckpoint checkpoint() {
    TrainingCheckpoint checkpoint =
        TrainingCheckpoint.of(
            new Progress(plan.preset().name(), seed, steps),
            weights(),
            computation.firstMoments(),
            computation.secondMoments());
    return computation.average().map(checkpoint::withAverage).orElse(checkpoint);
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
    List<byte[]> miniBatches = new ArrayList<>();
    for (int start = 0; start < pixels.length; start += miniBatchBytes()) {
      miniBatches.add(Arrays.copyOfRange(pixels, start, start + miniBatchBytes()));
    }
    List<float[]> embeddings = new ArrayList<>();
    int images = pixels.length / shape.imageBytes();
    for (float[] means : computation.embed(miniBatches)) {
      for (int i = 0; i < plan.preset().pictures() && embeddings.size() < images; i++) {
        embeddings.add(
            Arrays.copyOfRange(means, i * shape.dimensions(), (i + 1) * shape.dimensions()));
      }
    }
    return embeddings;
  }

  /** The gradient of the last step's loss. */
  float[] lastGradient() {
    return computation.gradient();
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

  /** Frees native memory and ends the threads. Idempotent. */
  @Override
  public void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    computation.close();
  }
}
