package infomax.search.shadow;

import infomax.events.ImageId;
import infomax.events.image.CanonicalImage;

/** A query that was made and that any encoder can answer; a vector belongs to one encoder. */
public sealed interface RecentQuery {

  /**
   * Neighbours of an indexed image.
   *
   * @param id its id
   */
  record OfIndexed(ImageId id) implements RecentQuery {}

  /**
   * Neighbours of an uploaded image.
   *
   * @param image its canonical form
   */
  record OfImage(CanonicalImage image) implements RecentQuery {}
}
