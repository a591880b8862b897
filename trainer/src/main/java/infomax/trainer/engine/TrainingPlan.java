package infomax.trainer.engine;

import infomax.trainer.objective.Preset;

/**
 * How a training is to run.
 *
 * @param preset objective, optimiser and mini-batch
 * @param seed of noise and permutations
 * @param stepsPlanned steps of the whole training, 1 or more; the learning rate's schedule follows
 *     it, and more steps may still be made
 * @param threads of the CPU, 1 or more; part of what makes a training repeatable bit for bit
 * @param target what computes it, where and in which precision; part of it too
 */
public record TrainingPlan(
    Preset preset, long seed, long stepsPlanned, int threads, ComputeTarget target) {

  /** The plan of a training by ND4J. */
  public TrainingPlan(
      Preset preset, long seed, long stepsPlanned, int threads, Precision precision) {
    this(preset, seed, stepsPlanned, threads, ComputeTarget.nd4j(precision));
  }

  /** Validates the numbers. */
  public TrainingPlan {
    if (stepsPlanned < 1) {
      throw new IllegalArgumentException("planned steps " + stepsPlanned + ", expected 1 or more");
    }
    if (threads < 1 || threads > 1024) {
      throw new IllegalArgumentException("threads " + threads + ", expected 1 to 1024");
    }
  }
}
