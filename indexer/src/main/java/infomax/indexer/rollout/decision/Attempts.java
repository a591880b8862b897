package infomax.indexer.rollout.decision;

import infomax.events.control.ControlState;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * The failed attempts to bring one encoder into service since it last was.
 *
 * @param failed the generations that failed, oldest first
 */
record Attempts(List<IndexGeneration> failed) {

  /** The attempts of an encoder version. */
  static Attempts of(ControlState state, int encoderVersion) {
    SortedMap<Integer, IndexGeneration> generations = state.generations();
    int lastServed =
        generations.values().stream()
            .filter(generation -> generation.encoderVersion() == encoderVersion)
            .filter(Attempts::wasLive)
            .mapToInt(IndexGeneration::number)
            .max()
            .orElse(0);
    return new Attempts(
        generations.values().stream()
            .filter(generation -> generation.encoderVersion() == encoderVersion)
            .filter(generation -> generation.number() > lastServed)
            .filter(generation -> generation.state() == GenerationState.FAILED)
            .filter(generation -> generation.request() == null)
            .filter(generation -> cause(generation) != FailureCause.NOT_WANTED)
            .toList());
  }

  /** True if another attempt makes no sense. */
  boolean areExhausted(RolloutPolicy policy) {
    return failed.size() >= policy.attemptsMax()
        || failed.stream().anyMatch(generation -> !cause(generation).rebuildHelps());
  }

  /** When the next attempt may begin. */
  Instant nextAt(RolloutPolicy policy) {
    if (failed.isEmpty()) {
      return Instant.MIN;
    }
    Duration pause = policy.backOff().multipliedBy(1L << Math.min(failed.size() - 1, 16));
    return failed.getLast().since().plus(pause);
  }

  private static boolean wasLive(IndexGeneration generation) {
    return generation.history().stream()
        .anyMatch(transition -> transition.state() == GenerationState.LIVE);
  }

  /** A failure without a cause comes from a writer we do not know: better not repeated. */
  private static FailureCause cause(IndexGeneration generation) {
    FailureCause cause = generation.history().getLast().cause();
    return cause == null ? FailureCause.ENCODER_UNUSABLE : cause;
  }
}
