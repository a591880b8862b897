package infomax.search.query;

import infomax.index.Deadline;
import infomax.runtime.http.Problem;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many searches run at once. More wait a moment, in the order they came; where too many wait
 * already, or a turn does not come soon, the search is refused at once with 503. Thread-safe.
 */
final class Turns {

  private static final Duration WAIT_MAX = Duration.ofSeconds(2);

  /** Waiting searches per running one; what waits longer than that is refused anyway. */
  private static final int WAITING_PER_TURN = 32;

  private final Semaphore free;
  private final int atOnce;
  private final int waitingMax;

  Turns(int atOnce) {
    this.atOnce = atOnce;
    this.free = new Semaphore(atOnce, true);
    this.waitingMax = atOnce * WAITING_PER_TURN;
  }

  /**
   * Waits for a turn. The caller closes it.
   *
   * @throws Problem 503 if there is none to be had
   */
  Turn take(Deadline deadline) throws InterruptedException {
    if (free.getQueueLength() >= waitingMax) {
      throw overloaded(waitingMax + " wait already");
    }
    if (!free.tryAcquire(WAIT_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
      throw overloaded("none ended within " + WAIT_MAX.toSeconds() + " s");
    }
    Turn turn = free::release;
    if (deadline.isOver()) {
      turn.close();
      deadline.check();
    }
    return turn;
  }

  /** How many have a turn. */
  int running() {
    return atOnce - free.availablePermits();
  }

  /** How many wait for one. */
  int waiting() {
    return free.getQueueLength();
  }

  private static Problem overloaded(String why) {
    return Problem.of(503, "overloaded", "too many searches at once, " + why + "; ask again later");
  }

  /** A turn, given back once. */
  @FunctionalInterface
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }
}
