package infomax.indexer.rollout.decision;

import infomax.events.Positions;
import infomax.events.control.IndexGeneration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The next step of the controller. */
public sealed interface Plan {

  /**
   * Nothing can be done now.
   *
   * @param reason what is waited for; empty if there is nothing to do at all
   */
  record Wait(String reason) implements Plan {
    static final Wait IDLE = new Wait("");
    static final Wait UNKNOWN_LOG = new Wait("the topic images cannot be described");
  }

  /**
   * Decisions that belong together and become visible together.
   *
   * @param decisions in the order in which a reader may see them one by one
   * @param reason why, one sentence
   */
  record Write(List<Decision> decisions, String reason) implements Plan {
    /** Copies the list. */
    public Write {
      decisions = List.copyOf(decisions);
      if (decisions.isEmpty()) {
        throw new IllegalArgumentException("a write without decisions, expected at least one");
      }
    }
  }

  /**
   * Names the positions at which a candidate is compared. The publication it is compared with has
   * to be held from garbage collection before the target is written.
   *
   * @param comparison what is held
   * @param write the target
   */
  record NameTarget(Comparison comparison, Write write) implements Plan {}

  /**
   * Verify a candidate that stands at its target; its outcome comes back in a later view.
   *
   * @param candidate the generation
   * @param publication its publication at the target
   * @param comparison what it is compared with
   */
  record Verify(IndexGeneration candidate, Publication publication, Comparison comparison)
      implements Plan {}

  /**
   * What a candidate is compared with. It lives as long as one controller's tenure: a successor
   * names a new target, since what its predecessor held is gone.
   *
   * @param generation the candidate
   * @param target the positions
   * @param publication a publication of the live generation at exactly the target; null if there is
   *     none that can be trusted, and a scan of the log up to the target takes its place
   */
  record Comparison(int generation, Positions target, @Nullable Publication publication) {}
}
