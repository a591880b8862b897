package infomax.runtime.http;

import java.util.concurrent.Semaphore;

/**
 * Room for bodies on their way through a service. A request that finds none is told so at once,
 * instead of being kept in memory until its turn comes. Thread-safe.
 */
public final class BodyRoom {

  private static final int UNIT_BYTES = 64 * 1024;

  private final int units;
  private final Semaphore free;

  /** Room for {@code bytes}, at least 64 KiB. */
  public BodyRoom(long bytes) {
    this.units = (int) Math.max(1, Math.min(bytes / UNIT_BYTES, Integer.MAX_VALUE));
    this.free = new Semaphore(units);
  }

  /** A place taken; closing gives it back. */
  public interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes room, without waiting; a body longer than all of it takes all.
   *
   * @throws Problem 503 {@code busy}, with Retry-After
   */
  public Place take(long bytes) {
    int taken = (int) Math.clamp((bytes + UNIT_BYTES - 1) / UNIT_BYTES, 1L, (long) units);
    if (!free.tryAcquire(taken)) {
      throw Problem.of(
          503, "busy", "there is no room for the body now; nothing was done, send it again");
    }
    return () -> free.release(taken);
  }
}
