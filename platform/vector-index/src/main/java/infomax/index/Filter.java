package infomax.index;

import java.util.List;

/**
 * Which images may be found: all of {@code must}, none of {@code mustNot}, and, unless {@code
 * should} is empty, at least one of {@code should}. A filter is a condition itself, so filters
 * nest.
 *
 * @param must conditions that all have to hold
 * @param should conditions of which one has to hold
 * @param mustNot conditions of which none may hold
 */
public record Filter(List<Condition> must, List<Condition> should, List<Condition> mustNot)
    implements Condition {

  /** Every image. */
  public static final Filter ALL = new Filter(List.of(), List.of(), List.of());

  /** Copies the lists. */
  public Filter {
    must = List.copyOf(must);
    should = List.copyOf(should);
    mustNot = List.copyOf(mustNot);
  }

  /** A filter with one condition. */
  public static Filter of(Condition condition) {
    return new Filter(List.of(condition), List.of(), List.of());
  }

  /** True if every image matches, because nothing is asked for. */
  public boolean isEmpty() {
    return must.isEmpty() && should.isEmpty() && mustNot.isEmpty();
  }

  /** This filter and one more condition. */
  public Filter and(Condition condition) {
    return isEmpty() ? of(condition) : new Filter(List.of(this, condition), List.of(), List.of());
  }
}
