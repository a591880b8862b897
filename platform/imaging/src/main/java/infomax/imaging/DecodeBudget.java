package infomax.imaging;

import java.util.concurrent.Semaphore;

/**
 * Memory that decodes of this process share, whoever asks for them: a quarter of the largest heap.
 * A decode takes what it is expected to need before it begins and waits, first come first served,
 * while that is not there. Thread-safe.
 */
final class DecodeBudget {

  private static final int UNIT_BYTES = 64 * 1024;
  private static final DecodeBudget OF_PROCESS =
      new DecodeBudget(Runtime.getRuntime().maxMemory() / 4);

  private final int units;
  private final Semaphore free;

  /** A budget of {@code bytes}, rounded down to 64 KiB and at least that. */
  DecodeBudget(long bytes) {
    this.units = Math.clamp(bytes / UNIT_BYTES, 1, Integer.MAX_VALUE);
    this.free = new Semaphore(units, true);
  }

  /** The one that all threads of this process share. */
  static DecodeBudget ofProcess() {
    return OF_PROCESS;
  }

  /** All of it. */
  long bytes() {
    return (long) units * UNIT_BYTES;
  }

  /**
   * Takes memory, waiting until it is free; a decode that needs more than there is gets all of it
   * and so runs alone.
   *
   * @return what to give back
   */
  int take(long bytes) {
    int taken = Math.clamp((bytes + UNIT_BYTES - 1) / UNIT_BYTES, 1, units);
    free.acquireUninterruptibly(taken);
    return taken;
  }

  /** Gives back what {@link #take} returned. */
  void giveBack(int taken) {
    free.release(taken);
  }
}
