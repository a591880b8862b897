package infomax.trainer.bench;

import infomax.trainer.engine.Precision;
import infomax.trainer.engine.StepOutcome;
import infomax.trainer.engine.Training;
import infomax.trainer.engine.TrainingPlan;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.training.MiniBatches;
import infomax.trainer.training.TrainingImages;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** A training whose schedule ends when its budget does. Used once, by one thread. */
final class BudgetedTraining {

  /** The first steps are slow: buffers are touched and kernels compiled for the first time. */
  private static final int SLOW_STEPS = 10;

  private static final int STEPS_PER_PLAN = 20;

  /** Time of a step with small views as a share of one with full views, about. */
  private static final double SMALL_COST = 0.6;

  private static final Duration TELL_EVERY = Duration.ofSeconds(30);

  private final Preset preset;
  private final TrainingBudget budget;
  private final int threads;
  private final Precision precision;
  private final long seed;
  private final Consumer<String> tell;
  private long startNanos;
  private long stepsPlanned = Integer.MAX_VALUE;

  BudgetedTraining(
      Preset preset,
      TrainingBudget budget,
      int threads,
      Precision precision,
      long seed,
      Consumer<String> tell) {
    this.preset = preset;
    this.budget = budget;
    this.threads = threads;
    this.precision = precision;
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
    Weights initial = Weights.initial(preset.layout(shape), seed);
    int size = initial.layout().size();
    TrainingCheckpoint checkpoint =
        TrainingCheckpoint.of(
            new TrainingCheckpoint.Progress(preset.name(), seed, 0),
            initial,
            new float[size],
            new float[size]);
    startNanos = System.nanoTime();
    if (budget instanceof TrainingBudget.Images seen) {
      stepsPlanned = Math.max(1, seen.count() / preset.miniBatch());
    }
    double small = preset.views().smallShare();
    if (small > 0) {
      checkpoint =
          advance(
              checkpoint, images, preset.views().side(shape.inputSize(), 0), smallBudget(small));
    }
    if (small < 1) {
      checkpoint = advance(checkpoint, images, shape.inputSize(), 1);
    }
    return new Result(
        checkpoint.trained(), seconds(), checkpoint.progress().step() * preset.miniBatch());
  }

  /** Share of the budget that a share of the steps with small views takes. */
  private double smallBudget(double small) {
    return switch (budget) {
      case TrainingBudget.Time _ -> small * SMALL_COST / (small * SMALL_COST + 1 - small);
      case TrainingBudget.Images _ -> small;
    };
  }

  /** Makes steps with pictures of one side until a share of the budget is used up. */
  private TrainingCheckpoint advance(
      TrainingCheckpoint from, TrainingImages images, int side, double until) {
    MiniBatches batches = new MiniBatches(images, side, preset, seed);
    // Until the pace is known the schedule cannot end: the first plan only has to be long.
    TrainingPlan plan = new TrainingPlan(preset, seed, Integer.MAX_VALUE, threads, precision);
    long first = from.progress().step();
    double fastSeconds = 0;
    double toldSeconds = seconds();
    try (Training training = Training.resume(plan, from.at(side))) {
      training.plan(Math.max(stepsPlanned, first + 1));
      while (usedUp(training.stepsDone()) < until) {
        long step = training.stepsDone();
        if (step == first + SLOW_STEPS) {
          fastSeconds = seconds();
        }
        if (budget instanceof TrainingBudget.Time time
            && step > first + SLOW_STEPS
            && step % STEPS_PER_PLAN == 0) {
          double secondsPerStep = (seconds() - fastSeconds) / (step - first - SLOW_STEPS);
          double left = until * time.duration().toSeconds() - seconds();
          double after = (1 - until) * time.duration().toSeconds() * SMALL_COST;
          stepsPlanned = step + Math.max(1, (long) ((left + after) / secondsPerStep));
          training.plan(stepsPlanned);
        }
        StepOutcome outcome = training.step(batches.batch(step));
        if (outcome instanceof StepOutcome.Diverged diverged) {
          throw new IllegalStateException(
              "preset %s diverged at step %d: %s"
                  .formatted(preset.name(), step, diverged.reason()));
        }
        if (seconds() - toldSeconds > TELL_EVERY.toSeconds()) {
          toldSeconds = seconds();
          tell.accept(progress(step + 1, outcome, toldSeconds, batches));
        }
      }
      return training.checkpoint().at(images.inputSize());
    }
  }

  /** Share of the budget, 0 to 1. */
  private double usedUp(long steps) {
    return switch (budget) {
      case TrainingBudget.Time time -> seconds() / time.duration().toSeconds();
      case TrainingBudget.Images _ -> (double) steps / stepsPlanned;
    };
  }

  private double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private String progress(long steps, StepOutcome outcome, double seconds, MiniBatches batches) {
    return String.format(
        Locale.ROOT,
        "%s: %.0f %% after %.0f s, %d steps, epoch %.1f, %.0f images/s, loss %.3f (global %.3f, local %.3f)",
        preset.name(),
        100 * usedUp(steps),
        seconds,
        steps,
        (double) steps / batches.stepsPerEpoch(),
        steps * preset.miniBatch() / seconds,
        outcome.losses().total(),
        outcome.losses().global(),
        outcome.losses().local());
  }
}
