package infomax.index;

import infomax.index.PublishOutcome.Published;
import java.time.Instant;
import java.util.List;

/**
 * The publications of one opening of a writer, each after the other. What it publishes is
 * committed, and its files are in the store. Not thread-safe.
 */
public final class ShardPublisher {

  private final Publications publications;
  private final ShardStart start;
  private long sequence;

  /** Goes on from where the shard was taken over. */
  public ShardPublisher(Publications publications, ShardStart start) {
    this.publications = publications;
    this.start = start;
    this.sequence = start.sequence();
  }

  /** Number of the last publication; 0 before the first of a new shard. */
  public long sequence() {
    return sequence;
  }

  /**
   * Publishes a commit. May be called again after a failure of the store.
   *
   * @param progress how far the commit has come
   * @param images live documents in it
   * @param files every file of it
   * @param now the present
   * @throws infomax.store.ObjectStoreException if the store fails
   */
  public PublishOutcome publish(
      Progress progress, long images, List<IndexFile> files, Instant now) {
    while (true) {
      Manifest next =
          new Manifest(
              start.spec(), sequence + 1, start.term(), start.name(), progress, images, files, now);
      PublishOutcome outcome = publications.publish(next);
      if (!(outcome instanceof Published(Manifest made))) {
        return outcome;
      }
      sequence = made.sequence();
      if (made.files().equals(files)) {
        return outcome;
      }
      // An earlier commit took this number, by an attempt whose reply was lost.
    }
  }
}
