package infomax.runtime.access;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often each caller may ask: a token bucket for each, which holds {@code burst} requests and
 * gets {@code requestsPerSecond} back. Remembers the {@value #CALLERS_MAX} callers that asked last,
 * some 200 bytes each; one that is forgotten begins with a full bucket. Thread-safe.
 */
public final class RateLimit {

  /** Callers whose buckets are kept. */
  public static final int CALLERS_MAX = 10_000;

  private final Duration refill;
  private final int burst;
  private final TimeMeter time;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > CALLERS_MAX;
        }
      };

  private RateLimit(Duration refill, int burst, TimeMeter time) {
    this.refill = refill;
    this.burst = burst;
    this.time = time;
  }

  /**
   * A limit for each caller.
   *
   * @param requestsPerSecond above 0
   * @param burst requests at once after a rest, 1 or more
   */
  public static RateLimit of(double requestsPerSecond, int burst) {
    return of(requestsPerSecond, burst, TimeMeter.SYSTEM_NANOTIME);
  }

  static RateLimit of(double requestsPerSecond, int burst, TimeMeter time) {
    return new RateLimit(Duration.ofNanos(Math.round(1e9 / requestsPerSecond)), burst, time);
  }

  /** Takes a request of a caller; empty if it may be answered, else how long to wait. */
  public Optional<Duration> take(String caller) {
    Bucket bucket;
    synchronized (buckets) {
      bucket = buckets.computeIfAbsent(caller, _ -> full());
    }
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  /** Callers that are remembered. */
  int callers() {
    synchronized (buckets) {
      return buckets.size();
    }
  }

  private Bucket full() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(1, refill))
        .withCustomTimePrecision(time)
        .build();
  }
}
