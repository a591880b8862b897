package infomax.search.status;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The freshness of the publications that began to answer in the last minute. Thread-safe. */
final class FreshnessWindow {

  private static final Duration LENGTH = Duration.ofSeconds(60);

  private final Deque<Sample> samples = new ArrayDeque<>();
  private final InstantSource clock;

  FreshnessWindow(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void add(Duration freshness) {
    forget();
    samples.addLast(new Sample(clock.instant(), freshness.toMillis()));
  }

  synchronized Summary summary() {
    forget();
    List<Long> sorted = samples.stream().map(Sample::millis).sorted().toList();
    return sorted.isEmpty()
        ? new Summary(0, null, null)
        : new Summary(sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast());
  }

  private void forget() {
    Instant limit = clock.instant().minus(LENGTH);
    while (!samples.isEmpty() && samples.getFirst().at().isBefore(limit)) {
      samples.removeFirst();
    }
  }

  /**
   * The last minute.
   *
   * @param samples publications counted
   * @param medianMillis median over them; null if there are none
   * @param maxMillis highest of them; null if there are none
   */
  record Summary(int samples, @Nullable Long medianMillis, @Nullable Long maxMillis) {}

  private record Sample(Instant at, long millis) {}
}
