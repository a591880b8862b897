package infomax.indexer.generation;

import java.time.Duration;

/** Says when something is due again. Due at once when new; by the monotonic clock. */
final class Interval {

  private long lengthNanos;
  private long startNanos;
  private boolean started;

  Interval(Duration length) {
    this.lengthNanos = length.toNanos();
  }

  /** Changes the length, counted from the last restart. */
  void set(Duration length) {
    lengthNanos = length.toNanos();
  }

  boolean isDue() {
    return !started || System.nanoTime() - startNanos >= lengthNanos;
  }

  void restart() {
    startNanos = System.nanoTime();
    started = true;
  }
}
