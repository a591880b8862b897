package infomax.trainer;

import infomax.events.Positions;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.runtime.kafka.KafkaClients;
import infomax.trainer.snapshot.LogScan;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Asks for a training once enough new images have come since the last one. Offsets also count
 * transaction markers, so their distance only says when it is worth while to count records. Used by
 * one thread.
 */
final class AutomaticTraining {

  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private final KafkaClients clients;
  private final long afterImages;
  private Positions counted = Positions.START;
  private Positions asked = Positions.START;
  private Instant lookAgain = Instant.MIN;
  private long lagWorthCounting;

  /**
   * @param afterImages new images that are enough; 0 for never
   */
  AutomaticTraining(KafkaClients clients, long afterImages) {
    this.clients = clients;
    this.afterImages = afterImages;
    this.lagWorthCounting = afterImages;
  }

  /** The request to make now, if it is time for one. */
  Optional<ControlRequest> due(ControlState state, Instant now) throws InterruptedException {
    if (afterImages == 0 || now.isBefore(lookAgain) || !state.open(Kind.TRAIN).isEmpty()) {
      return Optional.empty();
    }
    lookAgain = now.plus(PERIOD);
    Positions trainedTo = trainedTo(state);
    if (!trainedTo.equals(counted)) {
      counted = trainedTo;
      lagWorthCounting = afterImages;
    }
    try (LogScan scan = LogScan.open(clients, "trainer-automatic")) {
      Positions ends = scan.ends();
      long lag = trainedTo.lagTo(ends);
      if (lag < lagWorthCounting) {
        return Optional.empty();
      }
      long[] images = new long[1];
      scan.scan(
          trainedTo,
          ends,
          consumed -> {
            if (consumed.value() != null) {
              images[0]++;
            }
          });
      lagWorthCounting = lag + afterImages - images[0];
      if (images[0] < afterImages) {
        return Optional.empty();
      }
      asked = ends;
      return Optional.of(request(state, images[0], now));
    }
  }

  /** Up to where images are not new: a training saw them, or failed on them. */
  private Positions trainedTo(ControlState state) {
    Positions newest = asked;
    for (EncoderRelease release : state.encoders().values()) {
      EncoderRelease.SnapshotSummary snapshot = release.snapshot();
      if (snapshot != null && snapshot.positions().reaches(newest)) {
        newest = snapshot.positions();
      }
    }
    return newest;
  }

  private static ControlRequest request(ControlState state, long images, Instant now) {
    Optional<EncoderRelease> live =
        state
            .live()
            .map(generation -> state.encoders().get(generation.encoderVersion()))
            .filter(release -> release.training() != null);
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
        images + " images came since the last training",
        now,
        now.plus(PATIENCE),
        Status.PENDING,
        "");
  }
}
