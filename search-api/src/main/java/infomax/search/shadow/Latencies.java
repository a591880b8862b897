package infomax.search.shadow;

import infomax.events.control.ShadowComparison.Latency;
import java.util.Arrays;

/** Times of queries; used by one thread. */
final class Latencies {

  private static final double NANOS_PER_MILLI = 1e6;

  private long[] nanos = new long[64];
  private int count;

  void add(long took) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = took;
  }

  /** Median and 99th percentile by nearest rank, rounded to microseconds; of at least one time. */
  Latency summary() {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return new Latency(millis(sorted, 0.5), millis(sorted, 0.99));
  }

  private static double millis(long[] sorted, double share) {
    int rank = (int) Math.ceil(share * sorted.length);
    return Math.round(sorted[Math.max(1, rank) - 1] / NANOS_PER_MILLI * 1000) / 1000.0;
  }
}
