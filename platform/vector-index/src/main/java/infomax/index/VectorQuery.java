package infomax.index;

import infomax.events.ImageId;
import java.util.List;
import java.util.Set;

/**
 * A search for the nearest images: to one vector, or to several examples.
 *
 * <p>With one positive vector and no negative one, the score is the metric's. Otherwise an image is
 * judged by the example it is closest to: its score is the closeness, 0 to 1, to that example,
 * negated if the example is a negative one. Closeness is (1 + cosine) / 2, or 1 / (1 + distance).
 *
 * @param positive what hits shall be close to; at least one, all of the index's dimensions
 * @param negative what hits shall not be close to
 * @param metric how close is measured
 * @param filter which images may be found
 * @param excluded images that may not be found
 * @param selection which of those found become hits
 * @param effort how much it may cost; at least as many candidates as ranks are needed
 */
public record VectorQuery(
    List<QueryVector> positive,
    List<QueryVector> negative,
    Metric metric,
    Filter filter,
    Set<ImageId> excluded,
    Selection selection,
    Effort effort) {

  /** Copies the lists and checks the ranges. */
  public VectorQuery {
    positive = List.copyOf(positive);
    negative = List.copyOf(negative);
    excluded = Set.copyOf(excluded);
    if (positive.isEmpty()) {
      throw new IllegalArgumentException("no positive vector, expected at least one");
    }
    if (effort.candidates() < selection.reach()) {
      throw new IllegalArgumentException(
          "candidates is "
              + effort.candidates()
              + ", expected at least the "
              + selection.reach()
              + " ranks asked for");
    }
  }

  /** The nearest images to one vector. */
  public static VectorQuery nearest(QueryVector vector, int k, boolean exact, Metric metric) {
    return new VectorQuery(
        List.of(vector),
        List.of(),
        metric,
        Filter.ALL,
        Set.of(),
        Selection.best(k),
        new Effort(exact, Effort.defaultCandidates(k), Deadline.NONE));
  }

  /** The same among the images that match. */
  public VectorQuery among(Filter matching) {
    return new VectorQuery(positive, negative, metric, matching, excluded, selection, effort);
  }

  /** The same with other hits selected. */
  public VectorQuery selecting(Selection other) {
    return new VectorQuery(positive, negative, metric, filter, excluded, other, effort);
  }

  /** The same at another cost. */
  public VectorQuery with(Effort other) {
    return new VectorQuery(positive, negative, metric, filter, excluded, selection, other);
  }

  /** The same without these images. */
  public VectorQuery without(Set<ImageId> images) {
    return new VectorQuery(positive, negative, metric, filter, images, selection, effort);
  }
}
