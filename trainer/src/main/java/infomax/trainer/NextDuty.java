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

  /**
   * End a training at somebody's request.
   *
   * @param request asks for it
   * @param training what is to end; empty if it is not there or has ended
   */
  record Cancel(ControlRequest request, Optional<ControlRequest> training) implements NextDuty {}

  /** The next duty: first what is to end, then what is running, then the oldest that is pending. */
  static Optional<NextDuty> of(ControlState state, Instant now) {
    List<ControlRequest> open = state.open(Kind.TRAIN);
    Optional<ControlRequest> cancel = state.open(Kind.CANCEL).stream().findFirst();
    if (cancel.isPresent()) {
      Optional<ControlRequest> training =
          open.stream()
              .filter(request -> cancels(cancel.get(), request))
              .filter(request -> releaseOf(request, state).isEmpty())
              .findFirst();
      return Optional.of(new Cancel(cancel.get(), training));
    }
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

  /** Who asks for the end of a training; empty for nobody. */
  static Optional<ControlRequest> cancelOf(ControlRequest training, ControlState state) {
    return state.open(Kind.CANCEL).stream().filter(cancel -> cancels(cancel, training)).findFirst();
  }

  private static boolean cancels(ControlRequest cancel, ControlRequest training) {
    return training.id().equals(cancel.parameters().get(ControlRequest.REQUEST));
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
