package infomax.store;

import java.time.Duration;

/**
 * How long to wait between attempts at what may pass, such as a store that does not answer: each
 * wait is twice the one before, up to a longest. Not thread-safe.
 */
public final class Backoff {

  private final Duration first;
  private final Duration longest;
  private Duration next;

  /** Waits from {@code first} to {@code longest}. */
  public Backoff(Duration first, Duration longest) {
    if (!first.isPositive() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "waits from " + first + " to " + longest + ", expected 0 < first <= longest");
    }
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  /** The wait after one more failure. */
  public Duration next() {
    Duration wait = next;
    Duration doubled = wait.multipliedBy(2);
    next = doubled.compareTo(longest) > 0 ? longest : doubled;
    return wait;
  }

  /** The next failure is a first one again. */
  public void reset() {
    next = first;
  }
}
