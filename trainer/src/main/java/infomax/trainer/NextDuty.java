package infomax.trainer;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.trainer.training.TrainingRun;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the trainer has to do next, as {@code control} has it. Pure. */
sealed interface NextDuty {

  /** The request it is about. */
  ControlRequest request();

  /** Nobody began the request in time. */
  record Expire(ControlRequest request) implements NextDuty {}

  /** Train; if the request is already running, an execution of it was interrupted. */
  record Train(ControlRequest request) implements NextDuty {}

  /** The release is published and only the request's end is missing. */
  record Conclude(ControlRequest request, EncoderRelease release) implements NextDuty {}

  /** The next duty: first what is running, then the oldest that is pending. */
  static Optional<NextDuty> of(ControlState state, Instant now) {
    List<ControlRequest> open = state.open(Kind.TRAIN);
    return open.stream()
        .min(
            Comparator.comparing((ControlRequest request) -> request.status() != Status.RUNNING)
                .thenComparing(ControlRequest::createdAt))
        .map(request -> duty(request, state, now));
  }

  /** The release that answers a request, if it has been published. */
  static Optional<EncoderRelease> releaseOf(ControlRequest request, ControlState state) {
    return state.encoders().values().stream()
        .filter(release -> request.id().equals(release.configuration().get(TrainingRun.REQUEST)))
        .findFirst();
  }

  private static NextDuty duty(ControlRequest request, ControlState state, Instant now) {
    Optional<EncoderRelease> release = releaseOf(request, state);
    if (release.isPresent()) {
      return new Conclude(request, release.get());
    }
    return request.status() == Status.PENDING && now.isAfter(request.expiresAt())
        ? new Expire(request)
        : new Train(request);
  }
}
