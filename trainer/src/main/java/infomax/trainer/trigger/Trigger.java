package infomax.trainer.trigger;

import infomax.events.control.ControlState;
import java.time.Instant;
import java.util.Optional;

/** One reason to train again. Used by one thread. */
sealed interface Trigger permits NewImages, Schedule, Drift {

  /**
   * The reason in words, if there is one now.
   *
   * @param progress what images have been trained on
   */
  Optional<String> due(ControlState state, TrainedUpTo progress, Instant now)
      throws InterruptedException;
}
