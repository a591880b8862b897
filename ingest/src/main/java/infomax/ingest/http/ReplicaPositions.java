package infomax.ingest.http;

import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.signal.Signal;
import infomax.events.signal.Signal.LoadedGeneration;
import infomax.events.signal.Signal.ReplicaReported;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * How far the searchers are, by what they report. A replica that was not heard of for three
 * heartbeats is no longer counted. Thread-safe.
 */
public final class ReplicaPositions implements Consumer<Signal> {

  private static final Duration FRESH = Duration.ofSeconds(3);

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Report> byReplica = new HashMap<>();

  private record Report(Instant receivedAt, Positions positions) {}

  /** Nobody has reported yet. */
  public ReplicaPositions(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void accept(Signal signal) {
    if (!(signal instanceof ReplicaReported report)) {
      return;
    }
    lock.lock();
    try {
      byReplica.values().removeIf(this::isStale);
      report.loaded().stream()
          .filter(LoadedGeneration::serving)
          .findFirst()
          .ifPresentOrElse(
              serving ->
                  byReplica.put(report.replica(), new Report(clock.instant(), serving.positions())),
              () -> byReplica.remove(report.replica()));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until every replica that serves has the write behind {@code token}.
   *
   * @return the lowest offset they have reached in the token's partition; empty if the time is up
   *     first
   */
  OptionalLong await(Token token, Duration timeout) throws InterruptedException {
    long leftNanos = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        List<Positions> fresh =
            byReplica.values().stream()
                .filter(report -> !isStale(report))
                .map(Report::positions)
                .toList();
        if (!fresh.isEmpty() && fresh.stream().allMatch(reached -> reached.satisfies(token))) {
          return fresh.stream().mapToLong(reached -> reached.offset(token.partition())).min();
        }
        if (leftNanos <= 0) {
          return OptionalLong.empty();
        }
        // Woken at least as often as reports grow stale.
        long turnNanos = Math.min(leftNanos, TimeUnit.SECONDS.toNanos(1));
        leftNanos -= turnNanos - changed.awaitNanos(turnNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isStale(Report report) {
    return report.receivedAt().plus(FRESH).isBefore(clock.instant());
  }
}
