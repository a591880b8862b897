package infomax.trainer.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.engine.MatrixSpeed;
import infomax.trainer.engine.RecordedStepsReplay;
import infomax.trainer.engine.StepOutcome;
import infomax.trainer.engine.Training;
import infomax.trainer.engine.TrainingPlan;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.training.MiniBatches;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * How fast a training step is. One step takes a mini-batch from 4,096 images of unsigned bytes,
 * paints views where the preset has them, converts, draws noise and permutations, and goes forward,
 * backward and through Adam over all parameters.
 */
public final class StepBenchmark {

  private static final int IMAGES = 4_096;
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final int MEAN_OVER = 10;
  private static final long SEED = 1;

  private final Preset preset;
  private final NetworkShape shape;
  private final int threads;
  private final ComputeTarget target;
  private final Duration duration;
  private final Optional<Path> reference;

  /**
   * A benchmark.
   *
   * @param target what computes, and where
   * @param duration time of the steps that count; those of the first five seconds do not
   * @param reference folder of recorded steps to replay as well; empty for none
   */
  public StepBenchmark(
      Preset preset,
      NetworkShape shape,
      int threads,
      ComputeTarget target,
      Duration duration,
      Optional<Path> reference) {
    this.preset = preset;
    this.shape = shape;
    this.threads = threads;
    this.target = target;
    this.duration = duration;
    this.reference = reference;
  }

  /**
   * What was measured.
   *
   * @param schema 1
   * @param engine what computes
   * @param device where it did
   * @param precision that the products had
   * @param input height and width of an image in pixels
   * @param batch images per step
   * @param warmupSteps steps that do not count
   * @param steps steps that do
   * @param imagesPerSecond batch x 1000 / stepMillisMedian
   * @param stepGigaflop products of a step, forward and backward
   * @param matmulGigaflopPerSecond what products of large matrices reach in this process on as many
   *     threads
   * @param matmulShare share of that which a step reaches
   * @param lossFirst mean total loss of the first ten steps
   * @param lossLast mean total loss of the last ten steps
   * @param reference the replay, if one was asked for
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Report(
      int schema,
      String preset,
      String engine,
      String device,
      String precision,
      int input,
      int batch,
      int threads,
      int warmupSteps,
      int steps,
      double stepMillisMedian,
      double stepMillisP90,
      double imagesPerSecond,
      double stepGigaflop,
      double matmulGigaflopPerSecond,
      double matmulShare,
      double lossFirst,
      double lossLast,
      @Nullable RecordedStepsReplay reference) {}

  /** Measures. */
  public Report run() throws IOException {
    MiniBatches batches = new MiniBatches(noise(), preset, SEED);
    List<Double> losses = new ArrayList<>();
    List<Double> millis = new ArrayList<>();
    int warmUpSteps = 0;
    TrainingPlan plan = new TrainingPlan(preset, SEED, Integer.MAX_VALUE, threads, target);
    Weights initial = Weights.initial(preset.layout(shape), SEED);
    String device;
    String precision;
    try (Training training = Training.start(plan, initial)) {
      device = training.device();
      precision = training.precision().text();
      long begunNanos = System.nanoTime();
      long endNanos = begunNanos + WARM_UP.plus(duration).toNanos();
      while (System.nanoTime() < endNanos || millis.isEmpty()) {
        boolean warm = System.nanoTime() - begunNanos >= WARM_UP.toNanos();
        long startNanos = System.nanoTime();
        StepOutcome outcome = training.step(batches.batch(training.stepsDone()));
        double took = (System.nanoTime() - startNanos) / 1e6;
        losses.add(outcome.losses().total());
        if (warm) {
          millis.add(took);
        } else {
          warmUpSteps++;
        }
      }
    }
    Collections.sort(millis);
    double median = millis.get(millis.size() / 2);
    double gigaflop = StepWork.gigaflop(preset, shape);
    double matmul = MatrixSpeed.gigaflopPerSecond(threads, target);
    return new Report(
        1,
        preset.name(),
        ComputeTarget.nameOf(target.engine()),
        device,
        precision,
        shape.inputSize(),
        preset.miniBatch(),
        threads,
        warmUpSteps,
        millis.size(),
        median,
        millis.get((int) (0.9 * millis.size())),
        1000 * preset.miniBatch() / median,
        gigaflop,
        matmul,
        gigaflop / (median / 1000) / matmul,
        mean(losses.subList(0, Math.min(MEAN_OVER, losses.size()))),
        mean(losses.subList(Math.max(0, losses.size() - MEAN_OVER), losses.size())),
        reference.isPresent() ? RecordedStepsReplay.of(reference.get(), threads, target) : null);
  }

  private LabelledImages noise() {
    Random random = new Random(SEED);
    List<byte[]> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      byte[] image = new byte[shape.imageBytes()];
      random.nextBytes(image);
      images.add(image);
    }
    return new LabelledImages(shape.inputSize(), images, Collections.nCopies(IMAGES, ""));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
