package infomax.indexer.rollout.decision;

import infomax.events.Positions;
import infomax.events.control.FailureCause;
import infomax.events.control.IndexGeneration.Verification;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where the verification of a candidate is. */
public sealed interface VerificationStatus {

  /**
   * None is running.
   *
   * @param notBefore when the next may begin; later than now after one that could not be carried
   *     out
   * @param detail why the last one could not be carried out; empty if it could
   */
  record Idle(Instant notBefore, String detail) implements VerificationStatus {}

  /**
   * One is running.
   *
   * @param generation the candidate
   * @param since when it began
   */
  record Running(int generation, Instant since) implements VerificationStatus {}

  /**
   * One has finished and waits to be written down.
   *
   * @param generation the candidate
   * @param target where it was compared
   * @param outcome what was found
   * @param cause why it failed; null if it passed
   */
  record Finished(
      int generation, Positions target, Verification outcome, @Nullable FailureCause cause)
      implements VerificationStatus {
    /** Checks that a cause is there exactly if it failed. */
    public Finished {
      if (outcome.passed() != (cause == null)) {
        throw new IllegalArgumentException(
            "passed is " + outcome.passed() + " with cause " + cause + ", expected one of them");
      }
    }
  }
}
