package infomax.index;

import java.util.List;

/**
 * The answer to a {@link VectorQuery}.
 *
 * @param hits nearest first; equal scores in the order of the ids
 * @param exact true if every image was scored, so that no closer one exists
 */
public record SearchAnswer(List<Hit> hits, boolean exact) {

  /** Copies the list. */
  public SearchAnswer {
    hits = List.copyOf(hits);
  }

  /**
   * An image that was found.
   *
   * @param image the image
   * @param score how close it is, by the query's {@link Metric}; higher is closer
   */
  public record Hit(IndexedImage image, double score) {}
}
