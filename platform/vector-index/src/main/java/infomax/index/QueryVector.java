package infomax.index;

/**
 * An embedding as searches use it.
 *
 * @param direction the embedding at length 1
 * @param norm its length, above 0; counts for {@link Metric#EUCLIDEAN} only
 */
public record QueryVector(UnitVector direction, double norm) {

  /** Checks the norm. */
  public QueryVector {
    if (!(norm > 0) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException("norm is " + norm + ", expected a finite number above 0");
    }
  }

  /** The embedding of an indexed image. */
  public static QueryVector of(IndexedImage image) {
    return new QueryVector(image.vector(), image.norm());
  }
}
