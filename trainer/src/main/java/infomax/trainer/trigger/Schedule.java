package infomax.trainer.trigger;

import infomax.events.control.ControlState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Enough time since the last training was asked for or released. */
final class Schedule implements Trigger {

  private final Duration every;

  Schedule(Duration every) {
    this.every = every;
  }

  @Override
  public Optional<String> due(ControlState state, TrainedUpTo progress, Instant now) {
    return now.isBefore(progress.at().plus(every))
        ? Optional.empty()
        : Optional.of("the last training was " + progress.at() + ", one is due every " + every);
  }
}
