package infomax.indexer.generation;

import infomax.index.ShardWriter;
import infomax.indexer.generation.Orders.Mode;
import infomax.indexer.generation.Orders.Priority;
import infomax.indexer.rollout.decision.RolloutPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The building of an index that nobody searches: it is written in bulk, merged once the end of the
 * log is reached, and only then published as built. The log is read on meanwhile. A standby, which
 * nobody searches any more, is written in bulk again: its merges would take the processor from the
 * index that is searched. Used by one thread.
 */
final class BulkBuild {

  private static final Logger LOG = LoggerFactory.getLogger(BulkBuild.class);

  /** A search visits one segment after the other: few are better, and one merge each is enough. */
  static final int SEGMENTS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4);

  private final ShardWriter writer;
  private final LogProgress progress;
  private boolean inBulk;
  private boolean writtenInBulk;
  private boolean merging;
  private boolean merged;

  BulkBuild(ShardWriter writer, LogProgress progress) {
    this.writer = writer;
    this.progress = progress;
  }

  /** Goes on as far as it can without waiting. */
  void follow(Orders now) {
    // The leader answers searches already, with as much as it has.
    inBulk = now.mode() == Mode.BUILD && !now.leads() && !merged;
    writeInBulk(inBulk || now.priority() == Priority.STANDBY);
    if (!inBulk) {
      return;
    }
    if (!merging && progress.reachedEnds()) {
      merging = true;
      writer.mergeTo(SEGMENTS);
    } else if (merging && !writer.isMerging()) {
      merged = true;
      inBulk = false;
      writeInBulk(false);
      LOG.info(
          "generation={} shard={} has been merged",
          writer.spec().generation(),
          writer.spec().shard());
    }
  }

  private void writeInBulk(boolean bulk) {
    if (bulk != writtenInBulk) {
      writtenInBulk = bulk;
      writer.bulk(bulk);
    }
  }

  /** True unless it still has to be merged. */
  boolean isOver() {
    return !inBulk;
  }

  /**
   * True if nobody would take what is committed for a built index, or rightly so. Near the end of
   * the log the controller might; far from it an index is published unmerged, so that another
   * process could go on from there.
   */
  boolean mayPublish() {
    return !inBulk || progress.lag() > RolloutPolicy.LAG_LIMIT;
  }
}
