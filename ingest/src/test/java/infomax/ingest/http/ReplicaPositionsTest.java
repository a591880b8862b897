package infomax.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.signal.Signal.LoadedGeneration;
import infomax.events.signal.Signal.PublicationMade;
import infomax.events.signal.Signal.ReplicaReported;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ReplicaPositionsTest {

  private static final Token TOKEN = new Token("images", 3, 41);
  private static final Duration NOT_AT_ALL = Duration.ZERO;

  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final ReplicaPositions replicas = new ReplicaPositions(() -> now);

  @Test
  void nobodyHasItWhileNobodyReports() throws Exception {
    assertThat(replicas.await(TOKEN, NOT_AT_ALL)).isEmpty();
    replicas.accept(new PublicationMade(now, 1, 0, 1));
    assertThat(replicas.await(TOKEN, NOT_AT_ALL)).isEmpty();
  }

  @Test
  void everyServingReplicaHasToHaveIt() throws Exception {
    report("a", true, 42);
    assertThat(replicas.await(TOKEN, NOT_AT_ALL)).isEqualTo(OptionalLong.of(42));
    report("b", true, 41);
    assertThat(replicas.await(TOKEN, NOT_AT_ALL)).isEmpty();
    report("b", true, 50);
    assertThat(replicas.await(TOKEN, NOT_AT_ALL)).isEqualTo(OptionalLong.of(42));
  }

  @Test
  void whoServesNothingAndWhoWentSilentIsNotCounted() throws Exception {
    report("silent", true, 0);
    now = now.plusSeconds(4);
    report("idle", false, 0);
    report("a", true, 42);
    assertThat(replicas.await(TOKEN, NOT_AT_ALL)).isEqualTo(OptionalLong.of(42));
    now = now.plusSeconds(4);
    assertThat(replicas.await(TOKEN, NOT_AT_ALL)).isEmpty();
  }

  @Test
  void aWaitEndsWithTheReport() throws Exception {
    CompletableFuture<OptionalLong> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return replicas.await(TOKEN, Duration.ofSeconds(30));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    report("a", true, 41);
    report("a", true, 42);
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(OptionalLong.of(42));
  }

  private void report(String replica, boolean serving, long offset) {
    Positions positions = Positions.ofOffsets(Map.of(3, offset));
    replicas.accept(
        new ReplicaReported(now, replica, List.of(new LoadedGeneration(1, serving, 1, positions))));
  }
}
