package infomax.standalone.demo;

/**
 * How far the first images, which are sent as fast as they are taken, may be ahead of what is
 * searchable. Without it they would wait in line for seconds, and take the processor from the
 * services that are starting.
 */
@FunctionalInterface
public interface BurstWindow {

  /** Before the first answer: enough to have something to find in it. */
  int BEFORE_FIRST_ANSWER = 1_000;

  /** Afterwards: a third of a second of the indexer's work. */
  int AHEAD = 150;

  /**
   * True if another image may be sent.
   *
   * @param sent images sent since the start
   */
  boolean hasRoom(long sent);

  /** A window that follows what a probe sees. */
  static BurstWindow of(FreshnessProbe probe) {
    return sent ->
        probe.isMeasuring()
            ? sent - probe.imagesSeen() + probe.waiting() < AHEAD
            : sent < BEFORE_FIRST_ANSWER;
  }
}
