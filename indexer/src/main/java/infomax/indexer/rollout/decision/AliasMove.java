package infomax.indexer.rollout.decision;

import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The decisions that move the alias, as one batch: the new live generation, the alias, what becomes
 * of the old live one, and the end of every older standby. In this order, so that even a reader who
 * sees them one by one never sees the alias on a generation that is not live.
 */
final class AliasMove {

  private AliasMove() {}

  static List<Decision> decisions(RolloutView view, IndexGeneration to, LiveAlias alias) {
    List<Decision> decisions = new ArrayList<>();
    decisions.add(new Decision.Write(to.entered(GenerationState.LIVE, view.now(), alias.reason())));
    decisions.add(new Decision.Write(alias));
    for (IndexGeneration other : view.state().generations().values()) {
      if (other.number() == to.number()) {
        continue;
      }
      if (other.state() == GenerationState.LIVE) {
        decisions.add(new Decision.Write(replaced(view, other, to)));
      } else if (other.state() == GenerationState.STANDBY && !isPrevious(alias, other)) {
        decisions.add(
            new Decision.Write(
                other.entered(
                    GenerationState.RETIRED,
                    view.now(),
                    "generation " + to.number() + " went live, out of the rollback window")));
      }
    }
    return decisions;
  }

  private static IndexGeneration replaced(
      RolloutView view, IndexGeneration live, IndexGeneration by) {
    Optional<IndexingFailure> failure = view.failureOf(live);
    return failure.isPresent()
        ? live.failed(failure.get().cause(), view.now(), failure.get().detail())
        : live.entered(
            GenerationState.STANDBY,
            view.now(),
            "generation " + by.number() + " took over, kept for a rollback");
  }

  private static boolean isPrevious(LiveAlias alias, IndexGeneration generation) {
    Integer previous = alias.previous();
    return previous != null && previous == generation.number();
  }
}
