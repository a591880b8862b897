package infomax.index;

import java.time.Duration;

/** When a search has to give up. Immutable and thread-safe. */
public final class Deadline {

  /** No limit. */
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

  /** True once the time is over. */
  public boolean isOver() {
    return this != NONE && System.nanoTime() - atNanos > 0;
  }

  /**
   * Gives up if the time is over.
   *
   * @throws OutOfTimeException if it is
   */
  public void check() {
    if (isOver()) {
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
