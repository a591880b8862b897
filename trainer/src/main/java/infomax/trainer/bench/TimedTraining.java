package infomax.trainer.bench;

import infomax.trainer.engine.StepOutcome;
import infomax.trainer.engine.Training;
import infomax.trainer.engine.TrainingPlan;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.training.MiniBatches;
import infomax.trainer.training.TrainingImages;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** A training that is given time rather than steps: its schedule ends when the time does. */
final class TimedTraining {

  /** The first steps are slow: buffers are touched and kernels compiled for the first time. */
  private static final int SLOW_STEPS = 10;

  private static final int STEPS_PER_PLAN = 20;
  private static final Duration TELL_EVERY = Duration.ofSeconds(30);

  private final Preset preset;
  private final Duration budget;
  private final int threads;
  private final long seed;
  private final Consumer<String> tell;

  TimedTraining(Preset preset, Duration budget, int threads, long seed, Consumer<String> tell) {
    this.preset = preset;
    this.budget = budget;
    this.threads = threads;
    this.seed = seed;
    this.tell = tell;
  }

  /**
   * What a training made of its time.
   *
   * @param weights the network
   * @param seconds wall time of the steps, views and mini-batches included
   * @param imagesSeen images passed through the network, with repetition; a view does not count
   *     again
   */
  record Result(Weights weights, double seconds, long imagesSeen) {}

  /**
   * Trains.
   *
   * @throws IllegalStateException if the training diverges
   */
  Result run(TrainingImages images, NetworkShape shape) {
    MiniBatches batches = new MiniBatches(images, preset, seed);
    Weights initial = Weights.initial(preset.layout(shape), seed);
    // Until the pace is known the schedule cannot end: the first plan only has to be long.
    TrainingPlan plan = new TrainingPlan(preset, seed, Integer.MAX_VALUE, threads);
    try (Training training = Training.start(plan, initial)) {
      long startNanos = System.nanoTime();
      long fastNanos = startNanos;
      long toldNanos = startNanos;
      while (System.nanoTime() - startNanos < budget.toNanos()) {
        long step = training.stepsDone();
        if (step == SLOW_STEPS) {
          fastNanos = System.nanoTime();
        }
        if (step > SLOW_STEPS && step % STEPS_PER_PLAN == 0) {
          double secondsPerStep = (System.nanoTime() - fastNanos) / 1e9 / (step - SLOW_STEPS);
          double secondsLeft = (budget.toNanos() - (System.nanoTime() - startNanos)) / 1e9;
          training.plan(step + Math.max(1, (long) (secondsLeft / secondsPerStep)));
        }
        StepOutcome outcome = training.step(batches.batch(step));
        if (outcome instanceof StepOutcome.Diverged diverged) {
          throw new IllegalStateException(
              "preset %s diverged at step %d: %s"
                  .formatted(preset.name(), step, diverged.reason()));
        }
        if (System.nanoTime() - toldNanos > TELL_EVERY.toNanos()) {
          toldNanos = System.nanoTime();
          tell.accept(progress(step + 1, outcome, (toldNanos - startNanos) / 1e9, batches));
        }
      }
      return new Result(
          training.trained(),
          (System.nanoTime() - startNanos) / 1e9,
          training.stepsDone() * preset.miniBatch());
    }
  }

  private String progress(long steps, StepOutcome outcome, double seconds, MiniBatches batches) {
    return String.format(
        Locale.ROOT,
        "%s: %.0f of %d s, %d steps, epoch %.1f, %.0f images/s, loss %.3f (global %.3f, local %.3f)",
        preset.name(),
        seconds,
        budget.toSeconds(),
        steps,
        (double) steps / batches.stepsPerEpoch(),
        steps * preset.miniBatch() / seconds,
        outcome.losses().total(),
        outcome.losses().global(),
        outcome.losses().local());
  }
}
