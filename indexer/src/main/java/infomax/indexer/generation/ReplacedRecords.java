package infomax.indexer.generation;

import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.index.IndexException;
import infomax.index.IndexFiles;
import infomax.index.IndexSpec;
import infomax.index.PublishedIndex;
import infomax.index.PublishedShards;
import infomax.store.ObjectStoreException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which records of the log the live generation has already seen replaced by newer ones. A
 * generation that is built passes them over: what counts is the last record of an id, and that one
 * it will still read. So building costs an embedding per image, not one per version of it. The live
 * index is a hint only: verification compares the candidate with the live generation, and with the
 * log where they differ. Used by one thread.
 */
final class ReplacedRecords implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReplacedRecords.class);

  private final PublishedIndex live;
  private final Path folder;
  private final Positions end;
  private boolean closed;

  private ReplacedRecords(PublishedIndex live, Path folder, Positions end) {
    this.live = live;
    this.folder = folder;
    this.end = end;
  }

  /**
   * Opens the newest publications of the live generation, of all its shards, since another
   * generation may be spread over shards in another way; empty if there is none of the same log.
   *
   * @param spec the shard to be built
   * @param liveGeneration number of the live one
   * @param folder where it is opened; deleted in the end
   */
  static Optional<ReplacedRecords> open(
      SharedResources shared, IndexSpec spec, int liveGeneration, Path folder) {
    try {
      Optional<PublishedShards> newest =
          shared
              .publications()
              .latest(liveGeneration)
              .filter(published -> published.spec().topicId().equals(spec.topicId()))
              .filter(published -> published.spec().partitions() == spec.partitions());
      if (newest.isEmpty()) {
        return Optional.empty();
      }
      IndexFiles.deleteFolder(folder);
      return Optional.of(
          new ReplacedRecords(
              PublishedIndex.open(shared.publications().store(), newest.get(), folder, null),
              folder,
              newest.get().positions().in(spec.shardPartitions())));
    } catch (IndexException | ObjectStoreException e) {
      LOG.info("generation={} is built from every record: {}", spec.generation(), e.toString());
      return Optional.empty();
    }
  }

  /** True if a newer record of the same id is known to follow. */
  boolean contains(ConsumerRecord<byte[], byte[]> consumed) {
    if (closed || consumed.offset() >= end.offset(consumed.partition())) {
      return false;
    }
    try {
      return live.image(ImageId.of(consumed.key()))
          .filter(image -> image.partition() == consumed.partition())
          .filter(image -> image.offset() > consumed.offset())
          .isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Lets go of the live index once everything it knows of has been read. */
  void closeBehind(Positions applied) {
    if (!closed && applied.reaches(end)) {
      close();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      live.close();
      IndexFiles.deleteFolder(folder);
    }
  }
}
