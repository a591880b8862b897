package infomax.trainer.training;

import infomax.events.control.ControlRequest;
import infomax.events.control.EncoderRelease;
import infomax.trainer.objective.Preset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a request asks for, with the defaults filled in.
 *
 * @param request id of the request
 * @param preset how to train
 * @param imagesSeen images to pass through the network, with repetition
 * @param warmStart version of the release whose weights to begin with
 * @param seed of weights and training
 * @param like release whose training is repeated, on the log up to its positions; empty for none
 * @param forcedBy who wants a release that the gate rejects, and why; empty for nobody
 */
public record TrainingOrder(
    String request,
    Preset preset,
    long imagesSeen,
    Optional<Integer> warmStart,
    long seed,
    Optional<EncoderRelease> like,
    Optional<String> forcedBy) {

  /** Most images a request may ask for. */
  public static final long IMAGES_SEEN_MAX = 1_000_000_000L;

  /**
   * What a training is like unless its request says otherwise.
   *
   * @param preset name of the preset
   * @param imagesSeen images to see; 0 for what suits the preset
   * @param seed of weights and training
   */
  public record Defaults(String preset, long imagesSeen, long seed) {}

  /**
   * Reads a request.
   *
   * @param releases all there are, by version
   * @throws RefusedTrainingException if a parameter has no sense
   */
  public static TrainingOrder of(
      ControlRequest request, Defaults defaults, Map<Integer, EncoderRelease> releases)
      throws RefusedTrainingException {
    Optional<EncoderRelease> like = like(request.parameters(), releases);
    Map<String, String> parameters = like.map(Repetition::parameters).orElse(request.parameters());
    Preset preset;
    try {
      preset = Preset.named(parameters.getOrDefault(ControlRequest.PRESET, defaults.preset()));
    } catch (IllegalArgumentException e) {
      throw new RefusedTrainingException(String.valueOf(e.getMessage()));
    }
    long byDefault = defaults.imagesSeen() > 0 ? defaults.imagesSeen() : preset.images();
    long imagesSeen = number(parameters, ControlRequest.IMAGES_SEEN, byDefault, 1, IMAGES_SEEN_MAX);
    long seed =
        number(parameters, ControlRequest.SEED, defaults.seed(), Long.MIN_VALUE, Long.MAX_VALUE);
    Optional<Integer> warmStart =
        parameters.containsKey(ControlRequest.WARM_START)
            ? Optional.of(
                (int) number(parameters, ControlRequest.WARM_START, 0, 0, Integer.MAX_VALUE))
            : Optional.empty();
    Optional<String> forcedBy =
        Boolean.parseBoolean(request.parameters().get(ControlRequest.FORCE))
            ? Optional.of(request.who() + ": " + request.why())
            : Optional.empty();
    return new TrainingOrder(request.id(), preset, imagesSeen, warmStart, seed, like, forcedBy);
  }

  private static Optional<EncoderRelease> like(
      Map<String, String> parameters, Map<Integer, EncoderRelease> releases)
      throws RefusedTrainingException {
    if (!parameters.containsKey(ControlRequest.LIKE)) {
      return Optional.empty();
    }
    for (String own :
        List.of(
            ControlRequest.PRESET,
            ControlRequest.IMAGES_SEEN,
            ControlRequest.WARM_START,
            ControlRequest.SEED)) {
      if (parameters.containsKey(own)) {
        throw new RefusedTrainingException(
            "parameter %s is given beside like, which takes it from the release: leave it out"
                .formatted(own));
      }
    }
    int version = (int) number(parameters, ControlRequest.LIKE, 0, 0, Integer.MAX_VALUE);
    EncoderRelease release = releases.get(version);
    if (release == null || release.snapshot() == null) {
      throw new RefusedTrainingException(
          "parameter like is %d, expected the version of a trained release".formatted(version));
    }
    return Optional.of(release);
  }

  /** Optimiser steps: full mini-batches, at least one. */
  public long steps() {
    return Math.max(1, imagesSeen / preset.miniBatch());
  }

  private static long number(
      Map<String, String> parameters, String name, long byDefault, long min, long max)
      throws RefusedTrainingException {
    String text = parameters.get(name);
    if (text == null) {
      return byDefault;
    }
    try {
      long value = Long.parseLong(text.strip());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    throw new RefusedTrainingException(
        "parameter %s is '%s', expected a whole number from %d to %d"
            .formatted(name, text, min, max));
  }
}
