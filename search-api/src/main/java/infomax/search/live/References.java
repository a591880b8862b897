package infomax.search.live;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the users of a resource, its owner included, and closes it after the last. Thread-safe.
 */
final class References {

  private final AtomicInteger count = new AtomicInteger(1);
  private final Runnable close;

  /** One user so far: the owner. */
  References(Runnable close) {
    this.close = close;
  }

  /** Adds a user; false if the resource is closed already. */
  boolean tryRetain() {
    int present = count.get();
    while (present > 0) {
      if (count.compareAndSet(present, present + 1)) {
        return true;
      }
      present = count.get();
    }
    return false;
  }

  /** True if there are users beside the owner. */
  boolean areShared() {
    return count.get() > 1;
  }

  /** Takes a user away. */
  void release() {
    int left = count.decrementAndGet();
    if (left == 0) {
      close.run();
    } else if (left < 0) {
      throw new IllegalStateException("released more often than retained");
    }
  }
}
