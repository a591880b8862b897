package infomax.indexer.rollout.decision;

import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexingPause;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The rollout controller's mind: from a view to the next step. It remembers nothing, so that a
 * controller that takes over at any moment goes on where the last one stopped. Thread-safe.
 *
 * <p>In this order: generations whose indexing failed end; requests are executed, so that a
 * rollback comes before any roll; the candidate takes its next step; a new generation begins if
 * there is no candidate; keys that finished long ago end. One candidate is driven at a time. There
 * is a second one only if the live generation has to be replaced by one of the same encoder while a
 * candidate of a newer encoder waits for rolls to resume or for approval. While indexing is paused
 * requests are executed and no roll goes on.
 */
public final class RolloutDecisions {

  private final RolloutPolicy policy;

  /** Decisions under a policy. */
  public RolloutDecisions(RolloutPolicy policy) {
    this.policy = policy;
  }

  /** The next step. Once it is carried out, the next view may hold another one. */
  public Plan next(RolloutView view) {
    Optional<Plan> urgent =
        failedGenerations(view)
            .or(() -> Requests.plan(view, policy))
            .or(() -> Reindexing.settle(view, policy));
    if (urgent.isPresent()) {
      return urgent.get();
    }
    IndexingPause pause = view.state().pause();
    Plan roll = pause != null && pause.paused() ? paused(pause) : roll(view);
    return roll instanceof Plan.Wait ? Retention.plan(view, policy).orElse(roll) : roll;
  }

  /** Nothing can catch up, so that no deadline is to be missed either. */
  private static Plan paused(IndexingPause pause) {
    return new Plan.Wait(
        "indexing is paused since "
            + pause.since()
            + " ("
            + pause.who()
            + ": "
            + pause.why()
            + ")");
  }

  private Plan roll(RolloutView view) {
    List<IndexGeneration> candidates =
        view.state().generations().values().stream()
            .filter(Candidate::isCandidate)
            .sorted(
                Comparator.comparing((IndexGeneration each) -> isWanted(view, each))
                    .thenComparing(each -> !hasLiveEncoder(view, each))
                    .thenComparing(IndexGeneration::encoderVersion, Comparator.reverseOrder()))
            .toList();
    if (candidates.isEmpty()) {
      return Beginning.plan(view, policy).orElse(Plan.Wait.IDLE);
    }
    IndexGeneration first = candidates.getFirst();
    Plan plan = new Candidate(view, policy, first).plan();
    if (!(plan instanceof Plan.Wait) || hasLiveEncoder(view, first)) {
      return plan;
    }
    return candidates.size() > 1
        // It was to replace a live generation that is not live any more.
        ? new Candidate(view, policy, candidates.getLast()).superseded(first)
        : Beginning.besideWaiting(view, policy, first).orElse(plan);
  }

  private static boolean isWanted(RolloutView view, IndexGeneration candidate) {
    return Beginning.isWanted(view.state(), candidate.encoderVersion());
  }

  /** The live one goes on serving what it has until a fresh generation takes its place. */
  private static Optional<Plan> failedGenerations(RolloutView view) {
    return view.state().generations().values().stream()
        .filter(generation -> generation.state().isIndexed())
        .filter(generation -> !isLive(view, generation))
        .flatMap(generation -> view.failureOf(generation).stream())
        .findFirst()
        .map(failure -> end(view, failure));
  }

  private static Plan end(RolloutView view, IndexingFailure failure) {
    IndexGeneration generation = view.state().generations().get(failure.generation());
    if (generation == null) {
      throw new IllegalStateException("no generation " + failure.generation());
    }
    return new Plan.Write(
        List.of(
            new Decision.Write(generation.failed(failure.cause(), view.now(), failure.detail()))),
        "generation " + failure.generation() + " FAILED: " + failure.detail());
  }

  private static boolean hasLiveEncoder(RolloutView view, IndexGeneration generation) {
    return view.state()
        .live()
        .filter(live -> live.encoderVersion() == generation.encoderVersion())
        .isPresent();
  }

  private static boolean isLive(RolloutView view, IndexGeneration generation) {
    return view.state().live().filter(live -> live.number() == generation.number()).isPresent();
  }
}
