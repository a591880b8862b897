package infomax.indexer.rollout.decision;

import infomax.events.control.IndexGeneration;
import infomax.events.control.ShadowComparison;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The comparison of a verified candidate with the live generation on queries that were really made.
 * It is for people: whatever it says, and whether it could be made or not, the roll goes on.
 */
final class Shadowing {

  private Shadowing() {}

  /** True if the candidate has not been compared with what is live now, and is to be. */
  static boolean isOwed(RolloutView view, RolloutPolicy policy, IndexGeneration candidate) {
    ShadowComparison known = candidate.shadow();
    return policy.comparisonDeadline().isPositive()
        && view.state()
            .live()
            .filter(live -> known == null || known.live() != live.number())
            .isPresent();
  }

  /**
   * What is to be written down of it now: once every replica heard from has compared, the report
   * over most queries; after the deadline, what there is. Empty while it is waited for.
   */
  static Optional<ShadowComparison> settled(
      RolloutView view, RolloutPolicy policy, IndexGeneration candidate) {
    ShadowStatus status = view.shadows().get(candidate.number());
    if (status == null || view.replicas().isEmpty() || !isOwed(view, policy, candidate)) {
      return Optional.empty();
    }
    int live = view.state().live().orElseThrow().number();
    Map<String, ShadowComparison> heard = status.byReplica();
    List<ShadowComparison> comparisons =
        heard.values().stream().filter(comparison -> comparison.live() == live).toList();
    boolean complete =
        view.replicas().stream()
            .map(replica -> heard.get(replica.replica()))
            .allMatch(comparison -> comparison != null && comparison.live() == live);
    if (!complete && view.now().isBefore(since(view, status).plus(policy.comparisonDeadline()))) {
      return Optional.empty();
    }
    return Optional.of(
        comparisons.stream()
            .max(Comparator.comparingInt(ShadowComparison::queries))
            .orElseGet(
                () ->
                    ShadowComparison.none(
                        live,
                        null,
                        view.now(),
                        "no search replica compared within " + policy.comparisonDeadline())));
  }

  /** A rollback meanwhile lets every replica begin anew. */
  private static Instant since(RolloutView view, ShadowStatus status) {
    Instant known = view.notBeforeActing(status.since());
    return Optional.ofNullable(view.state().alias())
        .filter(alias -> alias.since().isAfter(known))
        .map(alias -> alias.since())
        .orElse(known);
  }
}
