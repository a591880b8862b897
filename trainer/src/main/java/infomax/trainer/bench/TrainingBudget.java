package infomax.trainer.bench;

import java.time.Duration;

/** What a benchmark gives each preset: time, or images where figures must not depend on speed. */
public sealed interface TrainingBudget {

  /**
   * As many images as the machine manages.
   *
   * @param duration wall time of the steps, at least a second
   */
  record Time(Duration duration) implements TrainingBudget {
    /**
     * Checks the duration.
     *
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public Time {
      if (duration.toSeconds() < 1) {
        throw new IllegalArgumentException(
            "budget is %s, expected at least 1s".formatted(duration));
      }
    }
  }

  /**
   * However long it takes.
   *
   * @param count images to pass through the network, with repetition; a view does not count again
   */
  record Images(long count) implements TrainingBudget {
    /**
     * Checks the count.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Images {
      if (count < 1) {
        throw new IllegalArgumentException(
            "images to see are %d, expected at least 1".formatted(count));
      }
    }
  }
}
