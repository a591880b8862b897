package infomax.indexer.generation;

import infomax.events.signal.Signal.PublicationMade;
import infomax.index.Progress;
import infomax.index.PublishOutcome.BehindPredecessor;
import infomax.index.PublishOutcome.ForeignTerm;
import infomax.index.PublishOutcome.Published;
import infomax.index.ShardWriter;
import infomax.indexer.generation.IndexingRun.End;
import infomax.store.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Committing and publishing in turn. Dead letters are acknowledged before the commit that passes
 * their records; a commit that cannot be published is published later, or replaced by the next one.
 * Used by one thread.
 */
final class CommitCycle {

  private static final Logger LOG = LoggerFactory.getLogger(CommitCycle.class);

  /** An idle log is committed now and then, so that what is known to be complete does not age. */
  private static final Duration IDLE_INTERVAL = Duration.ofSeconds(60);

  /** While the store fails, freshness is judged by the records that have waited longest. */
  private static final int FRESHNESS_SAMPLES_MAX = 10_000;

  private final IndexingRun.Parts parts;
  private final SharedResources shared;
  private final RecordTraces traces;
  private final ShardWriter writer;
  private final Interval interval;

  /** Not the one of commits: under a stream a commit restarts that one whenever it is due. */
  private final Interval retry;

  private final Interval idle = new Interval(IDLE_INTERVAL);
  private final List<Instant> unpublished = new ArrayList<>();

  /** True at first: the commit a writer goes on from may be ahead of what is published. */
  private boolean mustPublish = true;

  private boolean committed;

  /** Why the last commit cannot be published for now; empty if it can. */
  private String storeProblem = "";

  CommitCycle(
      IndexingRun.Parts parts, SharedResources shared, RecordTraces traces, Duration interval) {
    this.traces = traces;
    this.parts = parts;
    this.shared = shared;
    this.writer = parts.writer();
    this.interval = new Interval(interval);
    this.retry = new Interval(interval);
  }

  /** Commits are due this long after one another from now on. */
  void every(Duration length) {
    interval.set(length);
    retry.set(length);
  }

  boolean isDue() {
    return interval.isDue();
  }

  boolean isDueWhenIdle() {
    return idle.isDue();
  }

  void commit(LogProgress progress) throws InterruptedException {
    parts.deadLetters().awaitAcknowledged();
    Instant begun = shared.clock().instant();
    long startNanos = System.nanoTime();
    Progress next = progress.next();
    writer.commit(next);
    progress.committed(next);
    List<Instant> fresh = progress.takeFresh();
    if (unpublished.size() < FRESHNESS_SAMPLES_MAX) {
      unpublished.addAll(fresh);
    }
    traces.committed(begun);
    mustPublish = true;
    committed = true;
    interval.restart();
    idle.restart();
    parts.meters().committed(since(startNanos), writer.images(), writer.segments());
  }

  /** Publishes what is committed and not published; the outcome that ends the run, if one does. */
  Optional<End> publishIfDue(boolean leads) {
    if (!mustPublish || (!storeProblem.isEmpty() && !retry.isDue())) {
      return Optional.empty();
    }
    try {
      return publish(leads);
    } catch (ObjectStoreException e) {
      if (storeProblem.isEmpty()) {
        LOG.warn("generation={} cannot be published for now: {}", generation(), e.getMessage());
      }
      storeProblem = "cannot be published for now: " + e.getMessage();
      retry.restart();
      return Optional.empty();
    }
  }

  /** True if a commit was made. */
  boolean hasCommitted() {
    return committed;
  }

  /** Why the last commit cannot be published for now; empty if it can. */
  String problem() {
    return storeProblem;
  }

  private Optional<End> publish(boolean leads) {
    long startNanos = System.nanoTime();
    return switch (writer.publish()) {
      case Published published -> {
        mustPublish = false;
        storeProblem = "";
        published(published, since(startNanos), leads);
        yield Optional.empty();
      }
      case ForeignTerm foreign -> {
        LOG.warn(
            "generation={} was taken over by another writer in term={}",
            generation(),
            foreign.newest().term());
        yield Optional.of(End.TAKEN_OVER);
      }
      case BehindPredecessor behind -> {
        LOG.warn(
            "generation={} is behind publication={}", generation(), behind.newest().sequence());
        yield Optional.of(End.OUTRUN);
      }
    };
  }

  private void published(Published published, Duration took, boolean leads) {
    Instant now = shared.clock().instant();
    parts.meters().published(took);
    if (leads) {
      parts.meters().visible(unpublished, now);
    }
    unpublished.clear();
    traces.published(now, leads);
    shared
        .signals()
        .send(
            new PublicationMade(
                now, generation(), writer.spec().shard(), published.manifest().sequence()));
  }

  private int generation() {
    return writer.spec().generation();
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
