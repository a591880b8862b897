package infomax.trainer.objective;

/** The optimiser's step size over a training. */
public sealed interface LearningRate {

  /**
   * The rate of one step.
   *
   * @param step the step's number, from 0
   * @param stepsPlanned steps of the whole training; a step beyond them gets the last one's rate
   */
  double at(long step, long stepsPlanned);

  /**
   * The same rate at every step.
   *
   * @param rate above 0
   */
  record Constant(double rate) implements LearningRate {
    /** Validates the rate. */
    public Constant {
      requireRate(rate);
    }

    @Override
    public double at(long step, long stepsPlanned) {
      return rate;
    }
  }

  /**
   * Rises linearly over the first steps, then falls along half a cosine to a hundredth of its peak
   * at the planned end. A plan shorter than ten times the warm-up warms up over a tenth of it.
   *
   * @param peak highest rate, above 0
   * @param warmUpSteps steps until the peak, 0 or more
   */
  record WarmUpCosine(double peak, int warmUpSteps) implements LearningRate {

    private static final double FLOOR = 0.01;

    /** Validates both numbers. */
    public WarmUpCosine {
      requireRate(peak);
      if (warmUpSteps < 0) {
        throw new IllegalArgumentException(
            "warm-up of " + warmUpSteps + " steps, expected 0 or more");
      }
    }

    @Override
    public double at(long step, long stepsPlanned) {
      long warmUp = Math.min(warmUpSteps, stepsPlanned / 10);
      if (step < warmUp) {
        return peak * (step + 1) / warmUp;
      }
      double done = Math.min(1, (step - warmUp) / (double) Math.max(1, stepsPlanned - 1 - warmUp));
      return peak * (FLOOR + (1 - FLOOR) * 0.5 * (1 + Math.cos(Math.PI * done)));
    }
  }

  private static void requireRate(double rate) {
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("learning rate " + rate + ", expected above 0, at most 1");
    }
  }
}
