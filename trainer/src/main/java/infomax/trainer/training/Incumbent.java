package infomax.trainer.training;

import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import java.util.Comparator;
import java.util.Optional;

/**
 * The encoder that a candidate must not be worse than: the newest accepted one that is on its way
 * to going live, since the candidate would replace that one, else the live one. Pure.
 *
 * @param release the encoder
 * @param live whether it is live, not only on its way
 */
record Incumbent(EncoderRelease release, boolean live) {

  /** The incumbent as things stand; empty while nothing is live or about to be. */
  static Optional<Incumbent> of(ControlState state) {
    Optional<EncoderRelease> live =
        state.live().map(generation -> state.encoders().get(generation.encoderVersion()));
    int liveVersion = live.map(EncoderRelease::version).orElse(-1);
    return state.encoders().values().stream()
        .filter(release -> release.verdict() == Verdict.ACCEPTED)
        .filter(release -> release.version() > liveVersion)
        .filter(release -> isOnItsWay(state, release.version()))
        .max(Comparator.comparingInt(EncoderRelease::version))
        .map(release -> new Incumbent(release, false))
        .or(() -> live.map(release -> new Incumbent(release, true)));
  }

  /** What its scores are called. */
  String name() {
    return live ? "live" : "encoder " + release.version();
  }

  /** False if it failed on the way, was barred, or has been live and is not any more. */
  private static boolean isOnItsWay(ControlState state, int version) {
    LiveAlias alias = state.alias();
    return (alias == null || !alias.barredEncoders().contains(version))
        && state.generations().values().stream()
            .filter(generation -> generation.encoderVersion() == version)
            .noneMatch(Incumbent::hasEnded);
  }

  private static boolean hasEnded(IndexGeneration generation) {
    return generation.history().stream()
        .anyMatch(
            step -> step.state() == GenerationState.FAILED || step.state() == GenerationState.LIVE);
  }
}
