package infomax.index;

import java.io.IOException;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the segments of one writer are merged. A vector is inserted into a graph whenever its segment
 * is written or merged into a larger one, so that an index that is built without being searched is
 * written in large segments and merged once, at the end. Used by the thread of its writer.
 */
final class SegmentMerging {

  /** Written to a segment when it has grown to this, or at a commit. */
  static final double RAM_BUFFER_MB = 32;

  private static final Logger LOG = LoggerFactory.getLogger(SegmentMerging.class);

  private static final double BULK_RAM_BUFFER_MB = 64;

  /** Below this size segments are merged without regard to how unequal they are. */
  private static final double FLOOR_SEGMENT_MB = 1;

  private static final double SEGMENTS_PER_TIER = 8;

  /**
   * More than a build of a few minutes writes; without a bound a long one would open many files.
   */
  private static final double BULK_SEGMENTS_PER_TIER = 32;

  /** Share of the images that may be deleted ones before merges are made for that; Lucene's own. */
  private static final double DELETED_PERCENT = 20;

  /** The most that Lucene lets be: each graph that is built anew costs more than the room. */
  private static final double BULK_DELETED_PERCENT = 50;

  private final IndexWriter writer;
  private final TieredMergePolicy policy;
  private @Nullable Thread thread;

  /**
   * Merging of a writer.
   *
   * @param writer whose policy is {@link #policy}
   */
  SegmentMerging(IndexWriter writer) {
    this.writer = writer;
    this.policy = (TieredMergePolicy) writer.getConfig().getMergePolicy();
  }

  /** What a writer is opened with. */
  static MergePolicy policy() {
    return new TieredMergePolicy()
        .setFloorSegmentMB(FLOOR_SEGMENT_MB)
        .setSegmentsPerTier(SEGMENTS_PER_TIER)
        .setDeletesPctAllowed(DELETED_PERCENT);
  }

  /** Lucene's own scheduler, each of whose threads prepares itself first. */
  static MergeScheduler scheduler(Runnable onMergeThread) {
    return new ConcurrentMergeScheduler() {
      @Override
      protected void doMerge(MergeSource source, MergePolicy.OneMerge merge) throws IOException {
        onMergeThread.run();
        super.doMerge(source, merge);
      }
    };
  }

  /** Merges seldom from now on, or as an index that is searched. */
  void bulk(boolean bulk) {
    policy.setSegmentsPerTier(bulk ? BULK_SEGMENTS_PER_TIER : SEGMENTS_PER_TIER);
    policy.setDeletesPctAllowed(bulk ? BULK_DELETED_PERCENT : DELETED_PERCENT);
    writer.getConfig().setRAMBufferSizeMB(bulk ? BULK_RAM_BUFFER_MB : RAM_BUFFER_MB);
  }

  /** Merges what is there to so many segments, on a thread of its own. */
  void begin(int segments) {
    Thread merging =
        Thread.ofPlatform().name("merging").daemon(true).unstarted(() -> merge(segments));
    thread = merging;
    merging.start();
  }

  boolean isRunning() {
    return thread != null && thread.isAlive();
  }

  private void merge(int segments) {
    try {
      writer.forceMerge(segments);
    } catch (IOException | AlreadyClosedException e) {
      if (writer.isOpen()) {
        LOG.warn("merging to {} segments failed; they are searched as they are", segments, e);
      } else {
        // Whoever closed the writer knows, or Lucene did, and its next user hears why.
        LOG.debug("merging to {} segments ended with its writer", segments, e);
      }
    }
  }
}
