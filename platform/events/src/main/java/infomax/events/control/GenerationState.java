package infomax.events.control;

import java.util.Set;

/** The life of an index generation. */
public enum GenerationState {
  /** Reading the log from its beginning. */
  BUILDING,
  /** Close to the end of the log; holds still until the controller names the target positions. */
  CAUGHT_UP,
  /** Equal to the live generation at the target positions; follows the log again. */
  VERIFIED,
  /** The alias points at it. */
  LIVE,
  /** Was live or may become so; follows the log, so that a rollback is immediate. */
  STANDBY,
  /** Out of the rollback window; its files may go. */
  RETIRED,
  /** Ended with a reason; never served again. */
  FAILED;

  private static final Set<GenerationState> ENDED = Set.of(RETIRED, FAILED);

  /** True if an indexer writes this generation. */
  public boolean isIndexed() {
    return !ENDED.contains(this);
  }

  /** True if replicas load this generation. */
  public boolean isLoaded() {
    return this == VERIFIED || this == LIVE || this == STANDBY;
  }
}
