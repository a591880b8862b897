package infomax.indexer.generation;

import infomax.events.ImageId;
import infomax.events.image.DeadLetter;
import infomax.index.IndexedImage;
import org.jspecify.annotations.Nullable;

/** What one record of {@code images} does to the index. */
sealed interface Change {

  /** The image is now as given. */
  record Put(IndexedImage image) implements Change {}

  /** The image is gone. */
  record Remove(ImageId id) implements Change {}

  /**
   * The record cannot be indexed: what the index has under its id is outdated, and the record goes
   * to the dead letters.
   *
   * @param id the id; null if not even that can be read
   */
  record Reject(@Nullable ImageId id, DeadLetter letter) implements Change {}
}
