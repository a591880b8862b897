package infomax.index;

import java.time.Duration;
import java.util.concurrent.CancellationException;

/**
 * When a search has to give up: when its time is over, or, as everything else that can be
 * cancelled, when its thread is interrupted. Immutable and thread-safe.
 */
public final class Deadline {

  /** No limit, and no heed to interrupts. */
  public static final Deadline NONE = new Deadline(Duration.ZERO, Long.MAX_VALUE);

  private final Duration limit;
  private final long atNanos;

  private Deadline(Duration limit, long atNanos) {
    this.limit = limit;
    this.atNanos = atNanos;
  }

  /** A deadline so long from now. */
  public static Deadline after(Duration limit) {
    return new Deadline(limit, System.nanoTime() + limit.toNanos());
  }

  /** True once the calling thread has to give up. */
  public boolean isOver() {
    return this != NONE
        && (Thread.currentThread().isInterrupted() || System.nanoTime() - atNanos > 0);
  }

  /**
   * Gives up if the calling thread has to.
   *
   * @throws CancellationException if it is interrupted, which it stays
   * @throws OutOfTimeException if the time is over
   */
  public void check() {
    if (isOver()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the search was cancelled");
      }
      throw new OutOfTimeException(limit);
    }
  }

  /** A search did not end within its time. */
  public static final class OutOfTimeException extends RuntimeException {

    OutOfTimeException(Duration limit) {
      super("the search did not end within " + limit.toMillis() + " ms");
    }
  }
}
