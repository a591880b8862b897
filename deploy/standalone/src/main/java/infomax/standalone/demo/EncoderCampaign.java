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
import infomax.trainer.training.TrainingRun;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings one encoder after the other to life: asks for a training, trains a rejected candidate on,
 * twice at most, and follows the roll. What has happened is read off {@code control} alone, so a
 * later start goes on where an earlier one stopped. What others ask for is left alone. Used by one
 * thread.
 */
final class EncoderCampaign {

  /** Encoders the demo brings live. */
  static final int ENCODERS = 2;

  private static final int TRAINED_ON_MAX = 2;

  /** Who asks, in the demo's requests. */
  private static final String WHO = "demo";

  private final ApiClient api;
  private final DemoOptions options;
  private final Narrator narrator;
  private @Nullable String requestId;
  private int liveBefore;
  private int rejected;
  private @Nullable Integer announcedRejection;
  private final Set<Integer> failedGenerations = new HashSet<>();
  private @Nullable String setback;

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

  /** Why no encoder came of the last attempt, told once; empty if none has failed since. */
  Optional<String> takeSetback() {
    Optional<String> taken = Optional.ofNullable(setback);
    setback = null;
    return taken;
  }

  /**
   * Does what is next.
   *
   * @param enoughImages true if the images that the next encoder waits for are there
   */
  void advance(ControlState state, boolean enoughImages) throws IOException, InterruptedException {
    int live = live(state).size();
    if (live > liveBefore) {
      liveBefore = live;
      rejected = 0;
    }
    if (gaveUp() || live >= ENCODERS) {
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
      // After a setback the images are counted anew.
      if (setback == null && enoughImages) {
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
    return state.open(ControlRequest.Kind.TRAIN).stream()
        .filter(request -> request.who().equals(WHO))
        .map(ControlRequest::id)
        .findFirst();
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
    if (generation.isEmpty() || generation.get().state() != GenerationState.FAILED) {
      return true;
    }
    if (failedGenerations.add(generation.get().number())) {
      setback =
          "the index of encoder "
              + newest.get().version()
              + " failed: "
              + generation.get().reason();
    }
    return false;
  }

  private void finished(ControlState state, ControlRequest request)
      throws IOException, InterruptedException {
    requestId = null;
    if (request.status() != Status.DONE) {
      setback = "no encoder came of the training: " + request.outcome();
      return;
    }
    EncoderRelease release = releaseOf(request, state);
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

  private static EncoderRelease releaseOf(ControlRequest request, ControlState state) {
    return state.encoders().values().stream()
        .filter(release -> request.id().equals(release.configuration().get(TrainingRun.REQUEST)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException("request " + request.id() + " is done without release"));
  }

  private void ask(ControlState state, Optional<Integer> warmStart, boolean trainedOn)
      throws IOException, InterruptedException {
    Map<String, Object> parameters = new HashMap<>();
    warmStart.ifPresent(version -> parameters.put("warmStart", version));
    parameters.put("seed", options.seed() + state.encoders().size());
    parameters.put("who", WHO);
    parameters.put("why", trainedOn ? "the candidate was rejected" : "enough new images");
    Answer answer = api.train(parameters);
    if (!answer.succeeded()) {
      setback = "the training was refused: " + answer.problem();
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
