package infomax.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings one encoder after the other to life: asks for a training, trains a rejected candidate on,
 * twice at most, and follows the roll. What has happened is read off {@code control} alone, so a
 * later start goes on where an earlier one stopped. Used by one thread.
 */
final class EncoderCampaign {

  /** Encoders the demo brings live. */
  static final int ENCODERS = 2;

  private static final int TRAINED_ON_MAX = 2;

  private final ApiClient api;
  private final DemoOptions options;
  private final Narrator narrator;
  private @Nullable String requestId;
  private int rejected;
  private @Nullable Integer announcedRejection;
  private @Nullable String failure;

  EncoderCampaign(ApiClient api, DemoOptions options, Narrator narrator) {
    this.api = api;
    this.options = options;
    this.narrator = narrator;
  }

  /** Trained releases that are or were live, in the order in which they became so. */
  static List<EncoderRelease> live(ControlState state) {
    return state.generations().values().stream()
        .filter(generation -> generation.encoderVersion() > 0)
        .filter(generation -> wentLiveAt(generation).isPresent())
        .sorted(Comparator.comparing(generation -> wentLiveAt(generation).orElseThrow()))
        .flatMap(generation -> Stream.ofNullable(state.encoders().get(generation.encoderVersion())))
        .distinct()
        .toList();
  }

  /** When a generation first became live. */
  static Optional<java.time.Instant> wentLiveAt(IndexGeneration generation) {
    return generation.history().stream()
        .filter(transition -> transition.state() == GenerationState.LIVE)
        .map(IndexGeneration.Transition::at)
        .findFirst();
  }

  /** The newest generation of a release. */
  static Optional<IndexGeneration> generationOf(ControlState state, int encoderVersion) {
    return state.generations().values().stream()
        .filter(generation -> generation.encoderVersion() == encoderVersion)
        .max(Comparator.comparingInt(IndexGeneration::number));
  }

  /** True once a candidate stayed rejected, however long it was trained. */
  boolean gaveUp() {
    return rejected > TRAINED_ON_MAX;
  }

  /** Why the campaign cannot go on, if it cannot. */
  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Does what is next.
   *
   * @param enoughImages true if the images that the next encoder waits for are there
   */
  void advance(ControlState state, boolean enoughImages) throws IOException, InterruptedException {
    if (gaveUp() || failure != null || live(state).size() >= ENCODERS) {
      return;
    }
    if (requestId == null) {
      requestId = unfinishedRequest(state).orElse(null);
      if (requestId != null) {
        narrator.say("a training that was asked for earlier goes on");
      }
    }
    if (requestId == null) {
      if (candidateOnItsWay(state)) {
        return;
      }
      if (enoughImages) {
        // From the live encoder's weights on: a second start from scratch is rarely clearly better.
        ask(state, Optional.of(liveVersion(state)).filter(version -> version > 0), false);
      }
      return;
    }
    ControlRequest request = state.requests().get(requestId);
    if (request != null && request.status().isFinal()) {
      finished(state, request);
    }
  }

  /** A request of an earlier start that is still being worked on. */
  private static Optional<String> unfinishedRequest(ControlState state) {
    return state.open(ControlRequest.Kind.TRAIN).stream().map(ControlRequest::id).findFirst();
  }

  /** True while an accepted release has not come to its end: live, or failed for good. */
  private boolean candidateOnItsWay(ControlState state) {
    Optional<EncoderRelease> newest =
        state.encoders().values().stream()
            .filter(release -> release.verdict() == Verdict.ACCEPTED)
            .max(Comparator.comparingInt(EncoderRelease::version));
    if (newest.isEmpty() || live(state).contains(newest.get())) {
      return false;
    }
    Optional<IndexGeneration> generation = generationOf(state, newest.get().version());
    if (generation.isPresent() && generation.get().state() == GenerationState.FAILED) {
      failure =
          "the index of encoder "
              + newest.get().version()
              + " failed: "
              + generation.get().reason();
    }
    return true;
  }

  private void finished(ControlState state, ControlRequest request)
      throws IOException, InterruptedException {
    requestId = null;
    if (request.status() != Status.DONE) {
      failure = "the training ended as " + request.status() + ": " + request.outcome();
      return;
    }
    EncoderRelease release =
        Objects.requireNonNull(state.encoders().get(state.encoders().lastKey()));
    if (release.verdict() != Verdict.REJECTED) {
      narrator.say(
          "encoder %d is accepted: %s", release.version(), String.join("; ", release.reasons()));
      return;
    }
    rejected++;
    if (announcedRejection == null || announcedRejection != release.version()) {
      announcedRejection = release.version();
      narrator.say(
          "candidate %d is rejected and never served: %s",
          release.version(), String.join("; ", release.reasons()));
    }
    if (gaveUp()) {
      narrator.say(
          "trained on twice and still rejected: encoder %d stays live", liveVersion(state));
    } else {
      ask(state, Optional.of(release.version()), true);
    }
  }

  private void ask(ControlState state, Optional<Integer> warmStart, boolean trainedOn)
      throws IOException, InterruptedException {
    Map<String, Object> parameters = new HashMap<>();
    warmStart.ifPresent(version -> parameters.put("warmStart", version));
    parameters.put("seed", options.seed() + state.encoders().size());
    parameters.put("who", "demo");
    parameters.put("why", trainedOn ? "the candidate was rejected" : "enough new images");
    Answer answer = api.train(parameters);
    if (!answer.succeeded()) {
      failure = "the training was refused: " + answer.problem();
      return;
    }
    JsonNode body = answer.json();
    requestId = body.path("id").asText();
    narrator.say(
        trainedOn
            ? "training the rejected candidate on"
            : "training encoder %d on what has come in so far",
        live(state).size() + 1);
  }

  private static int liveVersion(ControlState state) {
    return state.live().map(IndexGeneration::encoderVersion).orElse(0);
  }
}
