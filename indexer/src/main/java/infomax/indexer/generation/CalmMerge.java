package infomax.indexer.generation;

import infomax.index.ShardWriter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the index that is searched to few segments while nothing is written to it. Under a stream
 * Lucene keeps a dozen segments or more, each of which a search visits; to merge them all the time
 * would cost more than they do. Used by one thread.
 */
final class CalmMerge {

  private static final Logger LOG = LoggerFactory.getLogger(CalmMerge.class);

  /** Longer than the gaps of a stream. */
  private static final Duration CALM = Duration.ofSeconds(5);

  /** Fewer are searched in no time, however they lie. */
  private static final int IMAGES_MIN = 5_000;

  /** Share of the images; less would write the others anew for little. */
  private static final double SHARE_MIN = 0.3;

  private final ShardWriter writer;
  private final Interval calm;
  private boolean considered;
  private boolean merging;

  CalmMerge(ShardWriter writer) {
    this(writer, CALM);
  }

  CalmMerge(ShardWriter writer, Duration length) {
    this.writer = writer;
    this.calm = new Interval(length);
    calm.restart();
  }

  /** Something was applied. */
  void disturbed() {
    calm.restart();
    considered = false;
  }

  /** Goes on as far as it can without waiting; true if merged segments wait to be committed. */
  boolean follow(Orders now) {
    if (merging) {
      merging = writer.isMerging();
      return !merging;
    }
    if (considered || !now.leads() || !calm.isDue() || writer.isMerging()) {
      return false;
    }
    // Once per calm, so that a merge that cannot succeed, such as for want of disk, is not
    // repeated.
    considered = true;
    if (isWorthwhile()) {
      LOG.info(
          "generation={} shard={} is merged to {} segments while it is calm",
          writer.spec().generation(),
          writer.spec().shard(),
          BulkBuild.SEGMENTS);
      merging = true;
      writer.mergeTo(BulkBuild.SEGMENTS);
    }
    return false;
  }

  private boolean isWorthwhile() {
    int beyond = writer.imagesBeyond(BulkBuild.SEGMENTS);
    return beyond >= IMAGES_MIN && beyond >= SHARE_MIN * writer.images();
  }
}
