package infomax.indexer.rollout.decision;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Moves the alias as operators ask for. The request's final status is in the same batch as its
 * effect, so that a request is executed once or not at all.
 */
final class Requests {

  private Requests() {}

  static Optional<Plan> plan(RolloutView view) {
    return Stream.of(Kind.ROLLBACK, Kind.PROMOTE, Kind.RESTORE)
        .flatMap(kind -> view.state().open(kind).stream())
        .sorted(Comparator.comparing(ControlRequest::createdAt).thenComparing(ControlRequest::id))
        .flatMap(request -> execute(view, request).stream())
        .findFirst();
  }

  /** What comes of a request; empty if that cannot be said yet. */
  private static Optional<Plan> execute(RolloutView view, ControlRequest request) {
    if (view.now().isAfter(request.expiresAt())) {
      return Optional.of(end(request, Status.EXPIRED, "not begun before " + request.expiresAt()));
    }
    LiveAlias alias = view.state().alias();
    return switch (request.kind()) {
      case RESTORE -> Restores.plan(view, request);
      case ROLLBACK ->
          Optional.of(alias == null ? nothingLive(request) : rollback(view, request, alias));
      case PROMOTE ->
          Optional.of(alias == null ? nothingLive(request) : promote(view, request, alias));
      case REINDEX ->
          throw new IllegalArgumentException("REINDEX requests are executed step by step");
      case TRAIN, CANCEL ->
          throw new IllegalArgumentException(request.kind() + " requests are the trainer's");
    };
  }

  private static Plan nothingLive(ControlRequest request) {
    return end(request, Status.FAILED, "no generation is live yet");
  }

  private static Plan rollback(RolloutView view, ControlRequest request, LiveAlias alias) {
    Optional<IndexGeneration> previous = view.state().previous();
    Optional<IndexGeneration> live = view.state().live();
    if (previous.isEmpty() || live.isEmpty()) {
      return end(
          request,
          Status.FAILED,
          "generation " + alias.generation() + " has no predecessor that is still followed");
    }
    IndexGeneration to = previous.get();
    SortedSet<Integer> barred = new TreeSet<>(alias.barredEncoders());
    if (to.encoderVersion() != live.get().encoderVersion()) {
      barred.add(live.get().encoderVersion());
    }
    String outcome =
        "rolled back from generation "
            + live.get().number()
            + " to generation "
            + to.number()
            + "; "
            + distanceBack(view, live.get(), to)
            + "; automatic rolls are paused";
    LiveAlias moved =
        new LiveAlias(to.number(), null, view.now(), false, barred, reason(outcome, request));
    return move(view, request, to, moved, outcome);
  }

  private static Plan promote(RolloutView view, ControlRequest request, LiveAlias alias) {
    Optional<IndexGeneration> asked = generation(view, request);
    if (asked.isEmpty()) {
      return end(
          request,
          Status.FAILED,
          "generation is '"
              + request.parameters().get(ControlRequest.GENERATION)
              + "', expected the number of one of "
              + view.state().generations().keySet());
    }
    IndexGeneration to = asked.get();
    SortedSet<Integer> barred = new TreeSet<>(alias.barredEncoders());
    barred.remove(to.encoderVersion());
    if (to.number() == alias.generation()) {
      String outcome = "generation " + to.number() + " is live already; automatic rolls resume";
      LiveAlias resumed =
          new LiveAlias(
              to.number(), alias.previous(), view.now(), true, barred, reason(outcome, request));
      return new Plan.Write(
          List.of(
              new Decision.Write(resumed), new Decision.Write(request.as(Status.DONE, outcome))),
          outcome);
    }
    if (to.state() != GenerationState.STANDBY && to.state() != GenerationState.VERIFIED) {
      return end(
          request,
          Status.FAILED,
          "generation " + to.number() + " is " + to.state() + ", expected STANDBY or VERIFIED");
    }
    String outcome = "generation " + to.number() + " promoted; automatic rolls resume";
    Integer previous = view.trustedLive().map(IndexGeneration::number).orElse(null);
    LiveAlias moved =
        new LiveAlias(to.number(), previous, view.now(), true, barred, reason(outcome, request));
    return move(view, request, to, moved, outcome);
  }

  private static Plan move(
      RolloutView view,
      ControlRequest request,
      IndexGeneration to,
      LiveAlias alias,
      String outcome) {
    List<Decision> decisions = new ArrayList<>(AliasMove.decisions(view, to, alias));
    decisions.add(new Decision.Write(request.as(Status.DONE, outcome)));
    return new Plan.Write(decisions, outcome);
  }

  static Plan end(ControlRequest request, Status status, String outcome) {
    return new Plan.Write(
        List.of(new Decision.Write(request.as(status, outcome))),
        "request " + request.id() + " " + status + ": " + outcome);
  }

  private static Optional<IndexGeneration> generation(RolloutView view, ControlRequest request) {
    String number = request.parameters().getOrDefault(ControlRequest.GENERATION, "");
    return view.state().generations().values().stream()
        .filter(generation -> Integer.toString(generation.number()).equals(number.strip()))
        .findFirst();
  }

  private static String distanceBack(RolloutView view, IndexGeneration from, IndexGeneration to) {
    Optional<Publication> here = view.publicationOf(from);
    Optional<Publication> there = view.publicationOf(to);
    if (here.isEmpty() || there.isEmpty()) {
      return "whether positions go back is unknown";
    }
    long offsets = there.get().positions().lagTo(here.get().positions());
    return offsets == 0
        ? "positions do not go back"
        : "positions go back by " + offsets + " offsets until it has caught up";
  }

  static String reason(String outcome, ControlRequest request) {
    return outcome + " (" + request.who() + ": " + request.why() + ")";
  }
}
