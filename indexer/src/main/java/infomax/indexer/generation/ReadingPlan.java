package infomax.indexer.generation;

import infomax.events.Position;
import infomax.events.Positions;
import infomax.indexer.generation.Orders.Mode;
import org.jspecify.annotations.Nullable;

/** How far a shard reads under its orders. Plain bookkeeping without I/O; used by one thread. */
final class ReadingPlan {

  private final LogProgress progress;
  private boolean built;

  /** Goes on from where {@code progress} is, which it advances. */
  ReadingPlan(LogProgress progress) {
    this.progress = progress;
  }

  /** True once a generation that is being built has reached the end of the log; it holds then. */
  boolean isBuilt() {
    return built;
  }

  /** If it holds, it reads to the end of the log once more, and holds again. */
  void readOn() {
    built = false;
  }

  /** True if the partition is to be read on. */
  boolean isWanted(int partition, Orders now) {
    if (now.paused()) {
      return false;
    }
    return switch (now.mode()) {
      case FOLLOW -> true;
      case BUILD -> !built;
      case TARGET ->
          now.target() != null
              && progress.applied().offset(partition) < now.target().offset(partition);
    };
  }

  /** True if a record that was fetched is to be applied. */
  boolean accepts(int partition, long offset, Orders now) {
    Positions limit = limit(now);
    return limit == null || offset < limit.offset(partition);
  }

  /**
   * Everything accepted below {@code next} is applied.
   *
   * @return where reading goes on: {@code next}, or before it, if what was fetched lies beyond the
   *     target and is read again when following goes on
   */
  Position reached(int partition, Position next, Orders now) {
    Positions limit = limit(now);
    Position goesOn = next;
    if (limit != null && next.offset() > limit.offset(partition)) {
      Positions stop =
          progress.applied().offset(partition) > limit.offset(partition)
              ? progress.applied()
              : limit;
      goesOn = stop.byPartition().getOrDefault(partition, Position.of(0));
    }
    progress.advance(partition, goesOn);
    return goesOn;
  }

  /** True if what it was ordered to reach is reached just now: a commit is due at once. */
  boolean hasArrived(Orders now) {
    if (now.mode() == Mode.BUILD && !built && progress.reachedEnds()) {
      built = true;
      return true;
    }
    Positions target = now.target();
    return now.mode() == Mode.TARGET
        && target != null
        && progress.hasMoved()
        && progress.reaches(target);
  }

  private static @Nullable Positions limit(Orders now) {
    return now.mode() == Mode.TARGET ? now.target() : null;
  }
}
