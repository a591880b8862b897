package infomax.search.status;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a count grows, per second over about the last five seconds. Thread-safe. */
final class Rate {

  private static final Duration WINDOW = Duration.ofSeconds(5);

  private final Deque<Reading> readings = new ArrayDeque<>();

  /** Takes in what the count is at {@code nanoTime}; a count that fell starts anew. */
  synchronized void read(long count, long nanoTime) {
    if (!readings.isEmpty() && count < readings.getLast().count()) {
      readings.clear();
    }
    readings.addLast(new Reading(count, nanoTime));
    while (readings.size() > 2 && nanoTime - readings.getFirst().nanoTime() > WINDOW.toNanos()) {
      readings.removeFirst();
    }
  }

  /**
   * Growth per second, seen at {@code nanoTime}; 0 before there are two readings, and once none has
   * come for as long as the window: nobody tells any more what the count is.
   */
  synchronized double perSecond(long nanoTime) {
    if (readings.size() < 2 || nanoTime - readings.getLast().nanoTime() > WINDOW.toNanos()) {
      return 0;
    }
    long nanos = readings.getLast().nanoTime() - readings.getFirst().nanoTime();
    long grown = readings.getLast().count() - readings.getFirst().count();
    return nanos <= 0 ? 0 : Math.round(grown * 1e10 / nanos) / 10.0;
  }

  private record Reading(long count, long nanoTime) {}
}
