package infomax.indexer.generation;

import infomax.events.Position;
import infomax.events.Positions;
import infomax.index.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far one shard has come: what is applied, and when the end of each partition was last reached.
 * Plain bookkeeping without I/O; used by one thread.
 *
 * <p>An end counts with the instant before it was asked for: once everything below it is applied,
 * every delete written before that instant is.
 */
final class LogProgress {

  private final List<Integer> partitions;
  private final Instant begun;
  private final SortedMap<Integer, Instant> completeAsOf;
  private final List<Instant> fresh = new ArrayList<>();
  private Positions applied;
  private Positions committed;
  private @Nullable Positions ends;
  private Instant endsAsOf;
  private @Nullable Instant newest;

  /**
   * Goes on from a commit.
   *
   * @param partitions those it reads
   * @param begun when reading the log from its beginning began
   * @param from the commit
   */
  LogProgress(List<Integer> partitions, Instant begun, Progress from) {
    this.partitions = List.copyOf(partitions);
    this.begun = begun;
    this.completeAsOf = new TreeMap<>(from.completeAsOf());
    this.applied = from.positions();
    this.committed = from.positions();
    this.endsAsOf = begun;
    this.newest = from.newestTimestamp();
  }

  /** A record with this timestamp was applied. */
  void sawRecord(Instant timestamp) {
    fresh.add(timestamp);
    if (newest == null || timestamp.isAfter(newest)) {
      newest = timestamp;
    }
  }

  /** Everything in {@code partition} below {@code next} is applied. */
  void advance(int partition, Position next) {
    applied = applied.with(partition, next);
    settle(partition);
  }

  /** The ends were these, asked for at {@code asOf}. */
  void measured(Positions newEnds, Instant asOf) {
    ends = newEnds;
    endsAsOf = asOf;
    for (int partition : partitions) {
      settle(partition);
    }
  }

  Positions applied() {
    return applied;
  }

  Positions committed() {
    return committed;
  }

  /** True if anything was applied since the last commit. */
  boolean hasMoved() {
    return !applied.equals(committed);
  }

  /** True if everything below {@code target} is applied of the partitions it reads. */
  boolean reaches(Positions target) {
    return applied.reaches(target.in(partitions));
  }

  /** True if everything below the ends measured last is applied. */
  boolean reachedEnds() {
    return ends != null && applied.reaches(ends);
  }

  /** Offsets to the ends measured last; 0 before. */
  long lag() {
    return ends == null ? 0 : applied.lagTo(ends);
  }

  /** What the next commit says. */
  Progress next() {
    return new Progress(
        applied, completeAsOf, fresh.stream().min(Instant::compareTo).orElse(null), newest);
  }

  /** That commit was made. */
  void committed(Progress progress) {
    committed = progress.positions();
  }

  /** Timestamps of the records applied since the last call. */
  List<Instant> takeFresh() {
    List<Instant> taken = List.copyOf(fresh);
    fresh.clear();
    return taken;
  }

  /**
   * A partition that was not read to its end for longer than {@code retention}: tombstones written
   * meanwhile may be gone by now.
   */
  Optional<String> outdated(Instant now, Duration retention) {
    return completeBefore(now.minus(retention), retention);
  }

  /** A partition for which half of the time has passed after which it is outdated. */
  Optional<String> ageing(Instant now, Duration retention) {
    return completeBefore(now.minus(retention.dividedBy(2)), retention);
  }

  private Optional<String> completeBefore(Instant limit, Duration retention) {
    for (int partition : partitions) {
      Instant complete = completeAsOf.getOrDefault(partition, begun);
      if (complete.isBefore(limit)) {
        return Optional.of(
            "partition "
                + partition
                + " was last read to its end at "
                + complete
                + ", and tombstones are kept for "
                + retention);
      }
    }
    return Optional.empty();
  }

  private void settle(int partition) {
    if (ends != null && applied.offset(partition) >= ends.offset(partition)) {
      completeAsOf.put(partition, endsAsOf);
    }
  }
}
