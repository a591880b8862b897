package infomax.indexer.rollout.decision;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.IndexParameters.Refusal;
import java.util.List;
import java.util.Optional;

/**
 * Builds the live encoder's index anew when that is asked for. The request waits until no other
 * generation is being built, runs while its own generation is on its way, and ends with it: done
 * once that is live, failed if that fails. A generation that was asked for is begun once; nobody
 * tries again but whoever asked.
 */
final class Reindexing {

  private Reindexing() {}

  /** Ends a request that cannot be begun, or whose generation has arrived or failed. */
  static Optional<Plan> settle(RolloutView view, RolloutPolicy policy) {
    return view.state().open(Kind.REINDEX).stream()
        .flatMap(request -> settle(view, policy, request).stream())
        .findFirst();
  }

  /** Begins the generation that was asked for first. */
  static Optional<Plan> begin(RolloutView view, RolloutPolicy policy) {
    return view.state().open(Kind.REINDEX).stream()
        .filter(request -> request.status() == Status.PENDING)
        .findFirst()
        .map(request -> begin(view, policy, request));
  }

  private static Optional<Plan> settle(
      RolloutView view, RolloutPolicy policy, ControlRequest request) {
    return request.status() == Status.PENDING
        ? refusal(view, policy, request)
        : outcome(view, request);
  }

  private static Optional<Plan> refusal(
      RolloutView view, RolloutPolicy policy, ControlRequest request) {
    if (view.now().isAfter(request.expiresAt())) {
      return Optional.of(
          Requests.end(
              request,
              Status.EXPIRED,
              "another generation was being built until after " + request.expiresAt()));
    }
    if (liveRelease(view).isEmpty()) {
      return Optional.of(Requests.end(request, Status.FAILED, "no generation is live yet"));
    }
    LogTopic log = view.log();
    if (log == null) {
      return Optional.empty();
    }
    try {
      return IndexOverrides.of(request.parameters())
          .on(policy.index())
          .refusal(log.partitions())
          .map(Refusal::sentence)
          .map(sentence -> Requests.end(request, Status.FAILED, sentence));
    } catch (IllegalArgumentException e) {
      return Optional.of(Requests.end(request, Status.FAILED, String.valueOf(e.getMessage())));
    }
  }

  private static Plan begin(RolloutView view, RolloutPolicy policy, ControlRequest request) {
    LogTopic log = view.log();
    if (log == null) {
      return Plan.Wait.UNKNOWN_LOG;
    }
    EncoderRelease release = liveRelease(view).orElseThrow();
    IndexOverrides overrides = IndexOverrides.of(request.parameters());
    IndexParameters index = overrides.on(policy.index());
    String why = "encoder %d anew, %s".formatted(release.version(), index.description());
    IndexGeneration generation =
        Beginning.generation(
            view, policy, release, log, overrides, request.id(), Requests.reason(why, request));
    String outcome =
        "generation %d is being built with %s".formatted(generation.number(), index.description());
    return new Plan.Write(
        List.of(
            new Decision.Write(generation),
            new Decision.Write(request.as(Status.RUNNING, outcome))),
        "generation " + generation.number() + " begins: " + generation.reason());
  }

  private static Optional<Plan> outcome(RolloutView view, ControlRequest request) {
    Optional<IndexGeneration> built =
        view.state().generations().values().stream()
            .filter(generation -> request.id().equals(generation.request()))
            .findFirst();
    if (built.isEmpty()) {
      return Optional.of(
          Requests.end(request, Status.FAILED, "the generation that was begun is gone"));
    }
    IndexGeneration generation = built.get();
    if (wasLive(generation)) {
      return Optional.of(
          Requests.end(
              request,
              Status.DONE,
              "generation %d went live with %s"
                  .formatted(generation.number(), generation.index().description())));
    }
    if (!generation.state().isIndexed()) {
      return Optional.of(
          Requests.end(
              request,
              Status.FAILED,
              "generation %d is %s: %s"
                  .formatted(generation.number(), generation.state(), generation.reason())));
    }
    return Optional.empty();
  }

  private static Optional<EncoderRelease> liveRelease(RolloutView view) {
    return view.state().live().map(live -> view.state().encoders().get(live.encoderVersion()));
  }

  private static boolean wasLive(IndexGeneration generation) {
    return generation.history().stream()
        .anyMatch(transition -> transition.state() == GenerationState.LIVE);
  }
}
