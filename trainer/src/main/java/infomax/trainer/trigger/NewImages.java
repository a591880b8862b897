package infomax.trainer.trigger;

import infomax.events.Positions;
import infomax.events.control.ControlState;
import infomax.runtime.kafka.KafkaClients;
import infomax.trainer.snapshot.LogScan;
import java.time.Instant;
import java.util.Optional;

/**
 * Enough new images. Offsets also count transaction markers, so their distance only says when it is
 * worth while to count records.
 */
final class NewImages implements Trigger {

  private final KafkaClients clients;
  private final long enough;
  private Positions counted = Positions.START;
  private long lagWorthCounting;

  NewImages(KafkaClients clients, long enough) {
    this.clients = clients;
    this.enough = enough;
    this.lagWorthCounting = enough;
  }

  @Override
  public Optional<String> due(ControlState state, TrainedUpTo progress, Instant now)
      throws InterruptedException {
    Positions trainedUpTo = progress.positions();
    if (!trainedUpTo.equals(counted)) {
      counted = trainedUpTo;
      lagWorthCounting = enough;
    }
    try (LogScan scan = LogScan.open(clients, "trainer-automatic")) {
      Positions ends = scan.ends();
      long lag = trainedUpTo.lagTo(ends);
      if (lag < lagWorthCounting) {
        return Optional.empty();
      }
      long[] images = new long[1];
      scan.scan(
          trainedUpTo,
          ends,
          consumed -> {
            if (consumed.value() != null) {
              images[0]++;
            }
          });
      lagWorthCounting = lag + enough - images[0];
      return images[0] < enough
          ? Optional.empty()
          : Optional.of(images[0] + " images came since the last training");
    }
  }
}
