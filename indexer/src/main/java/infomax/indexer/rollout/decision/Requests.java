package infomax.indexer.rollout.decision;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexingPause;
import infomax.events.control.LiveAlias;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Moves the alias, ends candidates and pauses indexing as operators ask for. The request's final
 * status is in the same batch as its effect, so that a request is executed once or not at all.
 */
final class Requests {

  private Requests() {}

  static Optional<Plan> plan(RolloutView view, RolloutPolicy policy) {
    return Stream.of(
            Kind.ROLLBACK, Kind.PROMOTE, Kind.REJECT, Kind.RESTORE, Kind.PAUSE, Kind.RESUME)
        .flatMap(kind -> view.state().open(kind).stream())
        .sorted(Comparator.comparing(ControlRequest::createdAt).thenComparing(ControlRequest::id))
        .flatMap(request -> execute(view, policy, request).stream())
        .findFirst();
  }

  /** What comes of a request; empty if that cannot be said yet. */
  private static Optional<Plan> execute(
      RolloutView view, RolloutPolicy policy, ControlRequest request) {
    if (view.now().isAfter(request.expiresAt())) {
      return Optional.of(
          end(
              request,
              Status.EXPIRED,
              "not begun before " + request.expiresAt() + hindrance(view, request)));
    }
    LiveAlias alias = view.state().alias();
    return switch (request.kind()) {
      case RESTORE -> Restores.plan(view, request);
      case ROLLBACK ->
          Optional.of(alias == null ? nothingLive(request) : rollback(view, request, alias));
      case PROMOTE ->
          alias == null ? Optional.of(nothingLive(request)) : promote(view, policy, request, alias);
      case REJECT ->
          Optional.of(alias == null ? nothingLive(request) : reject(view, request, alias));
      case PAUSE -> Optional.of(pause(view, request, true));
      case RESUME -> Optional.of(pause(view, request, false));
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

  /** A verified one goes live when replicas can serve it, as it would by itself. */
  private static Optional<Plan> promote(
      RolloutView view, RolloutPolicy policy, ControlRequest request, LiveAlias alias) {
    Optional<IndexGeneration> asked = generation(view, request);
    if (asked.isPresent()
        && asked.get().state() == GenerationState.VERIFIED
        && (Readiness.isListening(view, policy)
            || Readiness.missing(view, asked.get()).isPresent())) {
      return Optional.empty();
    }
    return Optional.of(
        asked.map(to -> promote(view, request, alias, to)).orElseGet(() -> unknown(view, request)));
  }

  private static Plan unknown(RolloutView view, ControlRequest request) {
    return end(
        request,
        Status.FAILED,
        "generation is '"
            + request.parameters().get(ControlRequest.GENERATION)
            + "', expected the number of one of "
            + view.state().generations().keySet());
  }

  private static Plan promote(
      RolloutView view, ControlRequest request, LiveAlias alias, IndexGeneration to) {
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
    Integer previous = view.predecessorOf(to).map(IndexGeneration::number).orElse(null);
    LiveAlias moved =
        new LiveAlias(to.number(), previous, view.now(), true, barred, reason(outcome, request));
    return move(view, request, to, moved, outcome);
  }

  /** The release is not tried again by itself; a promotion of it would lift the bar. */
  private static Plan reject(RolloutView view, ControlRequest request, LiveAlias alias) {
    Optional<IndexGeneration> asked = generation(view, request);
    if (asked.isEmpty()) {
      return unknown(view, request);
    }
    IndexGeneration rejected = asked.get();
    if (!Candidate.isCandidate(rejected)) {
      return end(
          request,
          Status.FAILED,
          "generation "
              + rejected.number()
              + " is "
              + rejected.state()
              + ", expected one on its way: BUILDING, CAUGHT_UP or VERIFIED");
    }
    boolean bars =
        view.state()
            .live()
            .filter(live -> live.encoderVersion() != rejected.encoderVersion())
            .isPresent();
    String outcome =
        "generation "
            + rejected.number()
            + " rejected"
            + (bars
                ? "; encoder " + rejected.encoderVersion() + " is not rolled by itself again"
                : "");
    List<Decision> decisions = new ArrayList<>();
    decisions.add(
        new Decision.Write(
            rejected.failed(FailureCause.NOT_WANTED, view.now(), reason(outcome, request))));
    if (bars) {
      SortedSet<Integer> barred = new TreeSet<>(alias.barredEncoders());
      barred.add(rejected.encoderVersion());
      decisions.add(
          new Decision.Write(
              new LiveAlias(
                  alias.generation(),
                  alias.previous(),
                  alias.since(),
                  alias.automaticRolls(),
                  barred,
                  alias.reason())));
    }
    decisions.add(new Decision.Write(request.as(Status.DONE, outcome)));
    return new Plan.Write(decisions, outcome);
  }

  private static Plan pause(RolloutView view, ControlRequest request, boolean paused) {
    IndexingPause before = view.state().pause();
    if (view.state().isPaused() == paused) {
      return end(
          request,
          Status.DONE,
          before == null || !paused
              ? "indexing is not paused"
              : "indexing is paused already, since " + before.since() + " by " + before.who());
    }
    String outcome =
        before == null || paused
            ? "indexing is paused"
            : "indexing goes on after " + Duration.between(before.since(), view.now());
    return new Plan.Write(
        List.of(
            new Decision.Write(new IndexingPause(paused, view.now(), request.who(), request.why())),
            new Decision.Write(request.as(Status.DONE, outcome))),
        reason(outcome, request));
  }

  /** What a promotion waited for until it expired. */
  private static String hindrance(RolloutView view, ControlRequest request) {
    return request.kind() != Kind.PROMOTE
        ? ""
        : generation(view, request)
            .filter(generation -> generation.state() == GenerationState.VERIFIED)
            .flatMap(generation -> Readiness.missing(view, generation))
            .map(missing -> "; " + missing)
            .orElse("");
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
