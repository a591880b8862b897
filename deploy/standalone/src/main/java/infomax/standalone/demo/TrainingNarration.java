package infomax.standalone.demo;

import infomax.events.signal.Signal;
import java.util.Locale;
import java.util.Map;

/** Shows how far a training is. */
final class TrainingNarration {

  /** What a phase of a training that has no progress of its own is called. */
  private static final Map<String, String> PHASES =
      Map.of(
          "snapshot", "the trainer is reading the images to train on",
          "training", "the trainer is getting ready",
          "evaluation", "the candidate is measured on images it has not seen",
          "publishing", "the candidate is exported and published");

  private final Narrator narrator;

  TrainingNarration(Narrator narrator) {
    this.narrator = narrator;
  }

  /** Hears any signal; only the progress of a training is told. */
  void tell(Signal signal) {
    if (!(signal instanceof Signal.TrainingProgressed training)) {
      return;
    }
    if (training.losses().getOrDefault("total", 0.0) == 0 || !training.phase().equals("training")) {
      narrator.progress(PHASES.getOrDefault(training.phase(), training.phase()));
      return;
    }
    narrator.progress(
        training.phase(),
        (double) training.step() / Math.max(1, training.steps()),
        String.format(
            Locale.ROOT,
            "epoch %d of %d, %.0f images/s, loss %.3f (global %.3f, local %.3f), %.0f s left",
            training.epoch(),
            training.epochs(),
            training.imagesPerSecond(),
            training.losses().getOrDefault("total", 0.0),
            training.losses().getOrDefault("global", 0.0),
            training.losses().getOrDefault("local", 0.0),
            training.secondsLeft()));
  }
}
