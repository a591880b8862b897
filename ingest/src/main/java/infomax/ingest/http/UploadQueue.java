package infomax.ingest.http;

import infomax.runtime.http.Problem;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Bounds how many uploads wait to be decided about: as many as were decided in a quarter of the
 * last second. So whoever is let in is answered about as soon (Little's law), whatever the images
 * cost and whatever the machine can do, and whoever is not is told so at once. A queue that was
 * empty in the last second says nothing about what can be done, and takes {@link #BURST} at least.
 * Thread-safe.
 */
public final class UploadQueue {

  /** So many may come at once after a rest. */
  static final int BURST = 16;

  /** So many may wait however long each takes. */
  static final int LENGTH_MIN = 2;

  private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int WAITS_PER_WINDOW = 4;

  private final LongSupplier nanoTime;
  private int length;
  private long windowBeginNanos;
  private int decided;
  private int decidedBefore;
  private boolean rested = true;
  private boolean restedBefore = true;

  /** An empty queue. */
  public UploadQueue() {
    this(System::nanoTime);
  }

  /** An empty queue with a clock of its own. */
  UploadQueue(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.windowBeginNanos = nanoTime.getAsLong();
  }

  /** A place taken; closing it says that the upload was decided about. Closed once. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes a place, without waiting.
   *
   * @throws Problem 503 {@code busy}, with Retry-After
   */
  synchronized Place join() {
    check();
    length++;
    return this::leave;
  }

  /**
   * Looks whether there is a place, before a body is read for nothing.
   *
   * @throws Problem 503 {@code busy}, with Retry-After
   */
  synchronized void check() {
    moveWindow();
    int atLeast = rested || restedBefore ? BURST : LENGTH_MIN;
    if (length >= Math.max(atLeast, Math.max(decided, decidedBefore) / WAITS_PER_WINDOW)) {
      throw Problem.of(
          503, "busy", "too many uploads are waiting; nothing was written, send it again");
    }
  }

  private synchronized void leave() {
    moveWindow();
    length--;
    decided++;
    rested |= length == 0;
  }

  private void moveWindow() {
    long past = nanoTime.getAsLong() - windowBeginNanos;
    if (past < WINDOW_NANOS) {
      return;
    }
    decidedBefore = past < 2 * WINDOW_NANOS ? decided : 0;
    decided = 0;
    restedBefore = rested;
    rested = length == 0;
    windowBeginNanos += past / WINDOW_NANOS * WINDOW_NANOS;
  }
}
