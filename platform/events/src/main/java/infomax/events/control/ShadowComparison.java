package infomax.events.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a verified candidate would have answered recent live queries, beside how the live generation
 * answers them. Made by a search replica, kept with the candidate; it decides nothing by itself.
 *
 * @param live number of the generation it was compared with
 * @param replica the search replica that compared; null if none did
 * @param at when it was made or given up
 * @param queries queries that both answered
 * @param figures what came of them; null exactly if there were none
 * @param detail what was compared, or why nothing was, one sentence
 */
public record ShadowComparison(
    int live,
    @Nullable String replica,
    Instant at,
    int queries,
    @Nullable Figures figures,
    String detail) {

  /** Checks that there are figures exactly if there were queries. */
  public ShadowComparison {
    if (queries < 0 || (queries > 0) != (figures != null)) {
      throw new IllegalArgumentException(
          queries + " queries with figures " + figures + ", expected both or neither");
    }
  }

  /** One that was not made. */
  public static ShadowComparison none(
      int live, @Nullable String replica, Instant at, String reason) {
    return new ShadowComparison(live, replica, at, 0, null, reason);
  }

  /**
   * Means over the queries.
   *
   * @param overlapAt10 share of the ten nearest that both find, 0 to 1
   * @param rankBiasedOverlap likeness of the two rankings with p = 0.9, 0 to 1, where agreement at
   *     the top counts most
   * @param liveLatency of the live generation
   * @param candidateLatency of the candidate
   */
  public record Figures(
      double overlapAt10,
      double rankBiasedOverlap,
      Latency liveLatency,
      Latency candidateLatency) {}

  /**
   * Time of a query from canonical image or id to hits, one after another beside live searches.
   *
   * @param medianMillis median in milliseconds
   * @param p99Millis 99th percentile in milliseconds
   */
  public record Latency(double medianMillis, double p99Millis) {}
}
