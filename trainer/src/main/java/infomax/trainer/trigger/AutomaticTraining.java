package infomax.trainer.trigger;

import infomax.events.Positions;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.runtime.kafka.KafkaClients;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.snapshot.LogScan;
import infomax.trainer.snapshot.NewestImages;
import infomax.trainer.training.SnapshotSample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Asks for a training when a trigger says so. Used by one thread. */
public final class AutomaticTraining {

  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private final KafkaClients clients;
  private final NetworkShape shape;
  private final Drift drift;
  private final List<Trigger> triggers = new ArrayList<>();
  private Positions asked = Positions.START;
  private Instant lookAgain = Instant.MIN;

  /**
   * Trainings by these triggers, on the log behind {@code clients}.
   *
   * @param shape of the encoders to train: they go on from the live one if it has the same
   */
  public AutomaticTraining(
      KafkaClients clients, Triggers chosen, NetworkShape shape, SnapshotSample samples) {
    this.clients = clients;
    this.shape = shape;
    if (chosen.afterImages() > 0) {
      triggers.add(new NewImages(clients, chosen.afterImages()));
    }
    if (chosen.every().isPositive()) {
      triggers.add(new Schedule(chosen.every()));
    }
    this.drift = new Drift(new NewestImages(clients, Drift.IMAGES_MAX), samples, chosen.driftMax());
    triggers.add(drift);
  }

  /** The last drift measured, 0 to 1; NaN while there is none. Thread-safe. */
  public double drift() {
    return drift.coefficient();
  }

  /** The request to make now, if it is time for one. */
  public Optional<ControlRequest> due(ControlState state, Instant now) throws InterruptedException {
    if (now.isBefore(lookAgain) || !state.open(Kind.TRAIN).isEmpty()) {
      return Optional.empty();
    }
    lookAgain = now.plus(PERIOD);
    TrainedUpTo progress = TrainedUpTo.of(state, asked);
    for (Trigger trigger : triggers) {
      Optional<String> reason = trigger.due(state, progress, now);
      if (reason.isPresent()) {
        try (LogScan scan = LogScan.open(clients, "trainer-automatic")) {
          asked = scan.ends();
        }
        return Optional.of(request(state, reason.get(), now));
      }
    }
    return Optional.empty();
  }

  private ControlRequest request(ControlState state, String reason, Instant now) {
    Optional<EncoderRelease> live =
        state
            .live()
            .map(generation -> state.encoders().get(generation.encoderVersion()))
            .filter(release -> release.training() != null)
            .filter(
                release ->
                    shape.equals(new NetworkShape(release.inputSize(), release.dimensions())));
    return new ControlRequest(
        UUID.randomUUID().toString(),
        Kind.TRAIN,
        live.map(
                release ->
                    Map.of(
                        ControlRequest.WARM_START,
                        Integer.toString(release.version()),
                        ControlRequest.PRESET,
                        release.preset()))
            .orElse(Map.of()),
        "trainer",
        reason,
        now,
        now.plus(PATIENCE),
        Status.PENDING,
        "");
  }
}
