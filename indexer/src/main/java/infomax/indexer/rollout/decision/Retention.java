package infomax.indexer.rollout.decision;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ends the keys of what finished long ago. */
final class Retention {

  private Retention() {}

  static Optional<Plan> plan(RolloutView view, RolloutPolicy policy) {
    Instant oldest = view.now().minus(policy.keepFinished());
    List<Decision> decisions = new ArrayList<>();
    for (ControlRequest request : view.state().requests().values()) {
      if (request.status().isFinal()
          && request.createdAt().isBefore(oldest)
          && request.expiresAt().isBefore(oldest)) {
        decisions.add(new Decision.Tombstone(request.key()));
      }
    }
    for (IndexGeneration generation : view.state().generations().values()) {
      if (mayGo(view.state(), generation) && generation.since().isBefore(oldest)) {
        decisions.add(new Decision.Tombstone(generation.key()));
      }
    }
    return decisions.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Plan.Write(decisions, decisions.size() + " keys finished before " + oldest));
  }

  /**
   * The newest generation stays, since its number is never to be given again: publications of the
   * old one may still be in the store. So do the failures of encoders that may still be rolled,
   * since they say how many attempts are left.
   */
  private static boolean mayGo(ControlState state, IndexGeneration generation) {
    LiveAlias alias = state.alias();
    return alias != null
        && !generation.state().isIndexed()
        && generation.number() != state.generations().lastKey()
        && generation.number() != alias.generation()
        && state
            .live()
            .filter(live -> generation.encoderVersion() < live.encoderVersion())
            .isPresent();
  }
}
