package infomax.ingest.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Times of many requests. Thread-safe. */
public final class Latencies {

  private long[] nanos = new long[1024];
  private int count;

  /** One took so long. */
  public synchronized void add(long elapsedNanos) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = elapsedNanos;
  }

  /** How many there are. */
  public synchronized int count() {
    return count;
  }

  synchronized double maxMillis() {
    return Arrays.stream(nanos, 0, count).max().orElse(0) / 1e6;
  }

  /** The least time that a share of the requests did not exceed; 0 without requests. */
  public synchronized double quantileMillis(double share) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return count == 0 ? 0 : sorted[(int) Math.ceil(share * count) - 1] / 1e6;
  }

  Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    synchronized (this) {
      report.put("count", count);
    }
    report.put("p50Millis", quantileMillis(0.5));
    report.put("p99Millis", quantileMillis(0.99));
    report.put("maxMillis", maxMillis());
    return report;
  }
}
