package infomax.indexer.rollout.decision;

import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexGeneration.Transition;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters.Refusal;
import infomax.events.control.Int8Variant;
import infomax.events.control.LiveAlias;
import infomax.events.control.ServedPrecision;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Begins a generation for the live encoder if somebody asked for one, for the newest release that
 * is wanted and not yet served, and for the live encoder when the live generation cannot be indexed
 * any further. What was asked for of the index of the live generation holds for the next one too.
 */
final class Beginning {

  private Beginning() {}

  static Optional<Plan> plan(RolloutView view, RolloutPolicy policy) {
    return Reindexing.begin(view, policy)
        .or(() -> newerRelease(view, policy))
        .or(() -> replacement(view, policy));
  }

  /**
   * A candidate that waits for rolls to resume, or for approval, must not keep a broken live one
   * from being replaced, nor the live one from being indexed anew when that is asked for.
   */
  static Optional<Plan> besideWaiting(
      RolloutView view, RolloutPolicy policy, IndexGeneration candidate) {
    LiveAlias alias = view.state().alias();
    return alias == null || (alias.automaticRolls() && candidate.waitsFor() == null)
        ? Optional.empty()
        : Reindexing.begin(view, policy).or(() -> replacement(view, policy));
  }

  /** True if a candidate of this encoder may still go live, now or when rolls resume. */
  static boolean isWanted(ControlState state, int encoderVersion) {
    LiveAlias alias = state.alias();
    Optional<IndexGeneration> live = state.live();
    if (alias == null || live.isEmpty()) {
      return true;
    }
    int liveVersion = live.get().encoderVersion();
    return encoderVersion == liveVersion
        || (encoderVersion > liveVersion && !alias.barredEncoders().contains(encoderVersion));
  }

  private static Optional<Plan> newerRelease(RolloutView view, RolloutPolicy policy) {
    ControlState state = view.state();
    LiveAlias alias = state.alias();
    if (alias != null && !alias.automaticRolls()) {
      return Optional.empty();
    }
    List<EncoderRelease> newestFirst =
        state.encoders().values().stream()
            .filter(release -> isPromotable(state, release))
            .sorted(Comparator.comparingInt(EncoderRelease::version).reversed())
            .toList();
    for (EncoderRelease release : newestFirst) {
      if (hasGeneration(state, release.version())) {
        return Optional.empty();
      }
      Attempts attempts = Attempts.of(state, release.version());
      if (!attempts.areExhausted(policy)) {
        return Optional.of(
            begin(
                view,
                policy,
                release,
                attempts,
                "encoder " + release.version() + " is promotable"));
      }
    }
    return Optional.empty();
  }

  private static Optional<Plan> replacement(RolloutView view, RolloutPolicy policy) {
    ControlState state = view.state();
    Optional<IndexGeneration> live = state.live();
    Optional<IndexingFailure> failure = live.flatMap(view::failureOf);
    EncoderRelease release =
        live.map(generation -> state.encoders().get(generation.encoderVersion())).orElse(null);
    if (failure.isEmpty() || release == null) {
      return Optional.empty();
    }
    Attempts attempts = Attempts.of(state, release.version());
    if (!failure.get().cause().rebuildHelps() || attempts.areExhausted(policy)) {
      return Optional.of(
          new Plan.Wait(
              "live generation "
                  + failure.get().generation()
                  + " is not indexed any more and a rebuild does not help: "
                  + failure.get().detail()));
    }
    return Optional.of(
        begin(
            view,
            policy,
            release,
            attempts,
            "live generation "
                + failure.get().generation()
                + " is not indexed any more: "
                + failure.get().detail()));
  }

  private static Plan begin(
      RolloutView view,
      RolloutPolicy policy,
      EncoderRelease release,
      Attempts attempts,
      String why) {
    LogTopic log = view.log();
    if (log == null) {
      return Plan.Wait.UNKNOWN_LOG;
    }
    if (view.now().isBefore(attempts.nextAt(policy))) {
      return new Plan.Wait(
          "the next attempt for encoder "
              + release.version()
              + " begins at "
              + attempts.nextAt(policy));
    }
    IndexOverrides overrides =
        view.state().live().map(IndexGeneration::overrides).orElse(IndexOverrides.NONE);
    Optional<Refusal> refusal = overrides.on(policy.index()).refusal(log.partitions());
    if (refusal.isPresent()) {
      return new Plan.Wait(
          "no generation can begin: "
              + refusal.get().sentence()
              + "; configure it, or ask for another one with reindex");
    }
    String reason =
        attempts.failed().isEmpty()
            ? why
            : why + "; attempt " + (attempts.failed().size() + 1) + " of " + policy.attemptsMax();
    IndexGeneration generation = generation(view, policy, release, log, overrides, null, reason);
    return new Plan.Write(
        List.of(new Decision.Write(generation)),
        "generation " + generation.number() + " begins: " + generation.reason());
  }

  /** A generation of a release that begins now. */
  static IndexGeneration generation(
      RolloutView view,
      RolloutPolicy policy,
      EncoderRelease release,
      LogTopic log,
      IndexOverrides overrides,
      @Nullable String request,
      String why) {
    int number =
        view.state().generations().isEmpty() ? 1 : view.state().generations().lastKey() + 1;
    String reason = why + file(release, policy.precision());
    return new IndexGeneration(
        number,
        release.version(),
        release.file(policy.precision()),
        release.dimensions(),
        log.topicId(),
        log.partitions(),
        overrides.on(policy.index()),
        overrides,
        request,
        GenerationState.BUILDING,
        List.of(new Transition(GenerationState.BUILDING, view.now(), reason)),
        null,
        null,
        null);
  }

  /** Says which file is used where that is not a matter of course. */
  private static String file(EncoderRelease release, ServedPrecision wanted) {
    if (wanted == ServedPrecision.FLOAT32) {
      return "";
    }
    Int8Variant int8 = release.int8();
    if (int8 != null && int8.onnx() != null) {
      return "; with its int8 file";
    }
    return "; with its float32 file, since it offers no int8: "
        + (int8 == null ? "none was made" : int8.reason());
  }

  /** The untrained network is served only until something has been. */
  private static boolean isPromotable(ControlState state, EncoderRelease release) {
    LiveAlias alias = state.alias();
    if (alias == null) {
      return release.verdict() != Verdict.REJECTED;
    }
    return release.verdict() == Verdict.ACCEPTED
        && !alias.barredEncoders().contains(release.version())
        && state.live().filter(live -> release.version() > live.encoderVersion()).isPresent();
  }

  private static boolean hasGeneration(ControlState state, int encoderVersion) {
    return state.generations().values().stream()
        .anyMatch(
            generation ->
                generation.encoderVersion() == encoderVersion && generation.state().isIndexed());
  }
}
