package infomax.indexer.generation;

import infomax.events.Positions;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import org.jspecify.annotations.Nullable;

/**
 * What {@code control} wants of the indexing of one generation at the moment.
 *
 * @param mode how far to read
 * @param target positions to stop at exactly, in mode {@link Mode#TARGET}; null to stop where it is
 * @param generation the generation that is told
 * @param leader the live generation, or the oldest one before any went live: it is embedded first,
 *     and it alone writes dead letters
 * @param priority where its records stand among those of other generations
 * @param paused true if nothing is to be read for now, however far that is
 */
record Orders(
    Mode mode,
    @Nullable Positions target,
    int generation,
    int leader,
    Priority priority,
    boolean paused) {

  /** Whose records are embedded first when the processor is short, the first first. */
  enum Priority {
    /** Everybody sees how fresh it is. */
    LEADER,
    /** It is verified and goes live as soon as it is not behind. */
    SUCCESSOR,
    /** It has to catch up with a log that grows. */
    CANDIDATE,
    /** It is there for a rollback, and may be behind meanwhile. */
    STANDBY
  }

  /** How far to read. */
  enum Mode {
    /** To the end of the log once, then hold still. */
    BUILD,
    /** To the target and no further. */
    TARGET,
    /** Without end. */
    FOLLOW
  }

  static Orders of(ControlState state, IndexGeneration generation) {
    Mode mode =
        switch (generation.state()) {
          case BUILDING -> Mode.BUILD;
          case CAUGHT_UP -> Mode.TARGET;
          case VERIFIED, LIVE, STANDBY -> Mode.FOLLOW;
          case RETIRED, FAILED ->
              throw new IllegalArgumentException(
                  "generation " + generation.number() + " is " + generation.state() + ", ended");
        };
    int leader = leader(state);
    Priority priority =
        generation.number() == leader ? Priority.LEADER : priority(generation.state());
    return new Orders(
        mode, generation.target(), generation.number(), leader, priority, state.isPaused());
  }

  /** True if the generation is the leader itself. */
  boolean leads() {
    return generation == leader;
  }

  private static Priority priority(GenerationState state) {
    return switch (state) {
      case STANDBY -> Priority.STANDBY;
      case VERIFIED -> Priority.SUCCESSOR;
      default -> Priority.CANDIDATE;
    };
  }

  private static int leader(ControlState state) {
    LiveAlias alias = state.alias();
    if (alias != null) {
      return alias.generation();
    }
    return state.generations().values().stream()
        .filter(generation -> generation.state().isIndexed())
        .mapToInt(IndexGeneration::number)
        .min()
        .orElse(0);
  }
}
