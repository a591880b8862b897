package infomax.ingest.http;

import infomax.runtime.http.Problem;
import java.util.concurrent.Semaphore;

/**
 * Room for bodies on their way through this process. A request that finds none is told so at once,
 * instead of being kept in memory while decoder or log are busy. Thread-safe.
 */
public final class UploadRoom {

  private static final int UNIT_BYTES = 64 * 1024;

  private final int units;
  private final Semaphore free;

  /** Room for {@code bytes}, at least 64 KiB. */
  public UploadRoom(long bytes) {
    this.units = (int) Math.max(1, Math.min(bytes / UNIT_BYTES, Integer.MAX_VALUE));
    this.free = new Semaphore(units);
  }

  /** A place taken; closing gives it back. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes room, without waiting; a body longer than all of it takes all.
   *
   * @throws Problem 503 {@code busy}, with Retry-After
   */
  Place take(long bytes) {
    int taken = (int) Math.clamp((bytes + UNIT_BYTES - 1) / UNIT_BYTES, 1L, (long) units);
    if (!free.tryAcquire(taken)) {
      throw Problem.of(
          503, "busy", "there is no room for the upload now; nothing was written, send it again");
    }
    return () -> free.release(taken);
  }
}
