package infomax.indexer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Positions;
import infomax.events.signal.Signal.LoadedGeneration;
import infomax.events.signal.Signal.PublicationMade;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.indexer.rollout.decision.ReplicaStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicaReportsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = START;
  private final ReplicaReports reports =
      new ReplicaReports(Duration.ofSeconds(3), Duration.ofMillis(500), () -> now);

  @Test
  void aReplicaIsWhatItSaidLastAndServedAMomentAgo() {
    report("a", 10, 10);
    now = START.plusMillis(600);
    report("a", 20, 15);
    now = START.plusMillis(1100);
    report("a", 30, 25);
    ReplicaStatus status = reports.heardWithin(now).getFirst();
    assertThat(status.servedBefore()).isEqualTo(at(20));
    assertThat(status.loaded()).containsEntry(1, at(30)).containsEntry(2, at(25));
    now = START.plusMillis(2000);
    assertThat(reports.heardWithin(now).getFirst().servedBefore()).isEqualTo(at(30));
  }

  @Test
  void whatIsOlderThanTheWindowIsForgotten() {
    report("a", 10, 10);
    now = START.plusSeconds(2);
    report("b", 20, 20);
    now = START.plusSeconds(4);
    assertThat(reports.heardWithin(now)).extracting(ReplicaStatus::replica).containsExactly("b");
    now = START.plusSeconds(6);
    assertThat(reports.heardWithin(now)).isEmpty();
  }

  @Test
  void theClockOfTheReplicaDoesNotMatter() {
    reports.accept(new ReplicaReported(START.minus(Duration.ofDays(3)), "a", List.of()));
    assertThat(reports.heardWithin(now)).hasSize(1);
    assertThat(reports.heardWithin(now).getFirst().servedBefore()).isNull();
  }

  @Test
  void manyReportsWithinTheWindowDoNotFillTheMemory() {
    for (int ordinal = 0; ordinal < 1000; ordinal++) {
      report("a", ordinal, ordinal);
    }
    assertThat(reports.heardWithin(now).getFirst().servedBefore()).isEqualTo(at(1000 - 64));
  }

  @Test
  void otherSignalsAreNoReports() {
    reports.accept(new PublicationMade(START, 1, 0, 1));
    assertThat(reports.heardWithin(now)).isEmpty();
  }

  private void report(String replica, long served, long loaded) {
    reports.accept(
        new ReplicaReported(
            START,
            replica,
            List.of(
                new LoadedGeneration(1, true, 1, at(served)),
                new LoadedGeneration(2, false, 1, at(loaded)))));
  }

  private static Positions at(long offset) {
    return Positions.ofOffsets(Map.of(0, offset));
  }
}
