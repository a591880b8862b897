package infomax.indexer.rollout.decision;

import infomax.events.Positions;
import infomax.events.control.IndexGeneration;
import java.util.List;
import java.util.Optional;

/** Whether the search replicas can serve a verified candidate. */
final class Readiness {

  private Readiness() {}

  /**
   * True while this controller may not have heard from every replica yet, since it has not acted
   * for as long as one may be silent. Whenever a candidate is verified after that, every replica
   * there is has been heard from.
   */
  static boolean isListening(RolloutView view, RolloutPolicy policy) {
    return view.now().isBefore(view.actingSince().plus(policy.listening()));
  }

  /** What is still missing, one sentence; empty if the alias may move. */
  static Optional<String> missing(RolloutView view, IndexGeneration candidate) {
    List<ReplicaStatus> replicas = view.replicas();
    if (replicas.isEmpty()) {
      // Nothing is served yet, so nothing can get worse; replicas load it when they come.
      return view.state().alias() == null
          ? Optional.empty()
          : Optional.of("no search replica is heard from");
    }
    boolean comparable =
        view.state().live().filter(live -> live.topicId().equals(candidate.topicId())).isPresent();
    return replicas.stream()
        .map(replica -> missing(replica, candidate, comparable))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> missing(
      ReplicaStatus replica, IndexGeneration candidate, boolean comparable) {
    Positions loaded = replica.loaded().get(candidate.number());
    Positions target = candidate.target();
    Positions served = replica.servedBefore();
    if (loaded == null) {
      return Optional.of("replica " + replica.replica() + " has not loaded it");
    }
    if (target != null && !loaded.reaches(target)) {
      return Optional.of("replica " + replica.replica() + " has it loaded before its target");
    }
    if (comparable && served != null && !loaded.reaches(served)) {
      return Optional.of(
          "replica "
              + replica.replica()
              + " has it "
              + loaded.lagTo(served)
              + " offsets behind what it serves");
    }
    return Optional.empty();
  }
}
