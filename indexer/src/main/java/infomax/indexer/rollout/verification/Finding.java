package infomax.indexer.rollout.verification;

import infomax.events.control.FailureCause;
import org.jspecify.annotations.Nullable;

/**
 * What one part of a verification found.
 *
 * @param cause why the candidate fails; null if this part passes
 * @param detail what was compared or what is wrong, without a full stop
 */
record Finding(@Nullable FailureCause cause, String detail) {

  static Finding passed(String detail) {
    return new Finding(null, detail);
  }

  boolean isPassed() {
    return cause == null;
  }
}
