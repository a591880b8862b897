package infomax.standalone.demo;

/**
 * How far the first images, which are sent as fast as they are taken, may be ahead of what is
 * searchable. Without it they would wait in line for seconds, and take the processor from the
 * services that are starting. Thread-safe.
 */
final class BurstWindow {

  /** Enough to have something to find in the first answer. */
  private static final int BEFORE_FIRST_ANSWER = 1_000;

  /** About half a second of the indexer's work. */
  private static final int AHEAD = 300;

  private final FreshnessProbe probe;

  BurstWindow(FreshnessProbe probe) {
    this.probe = probe;
  }

  /**
   * True if another image may be sent.
   *
   * @param sent images sent since the start
   */
  boolean hasRoom(long sent) {
    if (!probe.isMeasuring()) {
      return sent < BEFORE_FIRST_ANSWER;
    }
    return sent - probe.imagesSeen() + probe.waiting() < AHEAD;
  }
}
