package infomax.indexer.rollout.decision;

import infomax.events.Positions;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import infomax.events.control.ShadowComparison;
import infomax.indexer.rollout.decision.Plan.Comparison;
import infomax.indexer.rollout.decision.VerificationStatus.Finished;
import infomax.indexer.rollout.decision.VerificationStatus.Idle;
import infomax.indexer.rollout.decision.VerificationStatus.Running;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The way of one generation from BUILDING to LIVE. */
final class Candidate {

  private static final String APPROVAL = "waits for approval";

  private final RolloutView view;
  private final RolloutPolicy policy;
  private final IndexGeneration candidate;

  Candidate(RolloutView view, RolloutPolicy policy, IndexGeneration candidate) {
    this.view = view;
    this.policy = policy;
    this.candidate = candidate;
  }

  static boolean isCandidate(IndexGeneration generation) {
    return switch (generation.state()) {
      case BUILDING, CAUGHT_UP, VERIFIED -> true;
      case LIVE, STANDBY, RETIRED, FAILED -> false;
    };
  }

  /** The next step; a {@link Plan.Wait} if there is none now. */
  Plan plan() {
    if (!Beginning.isWanted(view.state(), candidate.encoderVersion())) {
      return fail(
          FailureCause.NOT_WANTED,
          "encoder " + candidate.encoderVersion() + " is barred or older than the live encoder");
    }
    return switch (candidate.state()) {
      case BUILDING -> building();
      case CAUGHT_UP -> caughtUp();
      case VERIFIED -> verified();
      case LIVE, STANDBY, RETIRED, FAILED ->
          throw new IllegalStateException(
              "generation " + candidate.number() + " is " + candidate.state() + ", no candidate");
    };
  }

  /** The end of this one, since another one is to go live sooner. */
  Plan superseded(IndexGeneration by) {
    return fail(
        FailureCause.NOT_WANTED,
        "generation " + by.number() + " with encoder " + by.encoderVersion() + " goes before it");
  }

  private Plan building() {
    Optional<Publication> published = view.publicationOf(candidate);
    LogTopic log = view.log();
    if (published.isEmpty() || log == null) {
      return waiting("is being built");
    }
    Publication publication = published.get();
    long lag = publication.positions().lagTo(log.ends());
    // While nothing answers at all, some images at once are worth more than all of them later: the
    // first generation goes live with what it has, and says how far it lags.
    boolean nothingAnswers = view.state().alias() == null && publication.images() > 0;
    if (!nothingAnswers
        && lag > policy.lagMax()
        && !publication.wasCompleteWithin(policy.completeWithin(), candidate.partitions())) {
      return waiting("is being built, " + lag + " offsets to go");
    }
    String reason = publication.images() + " images, " + lag + " offsets behind the log";
    return write(candidate.entered(GenerationState.CAUGHT_UP, view.now(), reason), reason);
  }

  private Plan caughtUp() {
    Optional<Publication> published = view.publicationOf(candidate);
    if (published.isEmpty()) {
      return waitingUntilDeadline(candidate.since(), "has no publication");
    }
    Publication publication = published.get();
    Positions target = candidate.target();
    Comparison comparison = view.comparison();
    if (target == null
        || comparison == null
        || comparison.generation() != candidate.number()
        || !comparison.target().sameOffsets(target)
        || !target.reaches(publication.positions())) {
      return nameTarget(publication);
    }
    if (!publication.positions().sameOffsets(target)) {
      return waitingUntilDeadline(candidate.since(), "has not reached its target");
    }
    return switch (view.verification()) {
      case Finished finished
          when finished.generation() == candidate.number()
              && finished.target().sameOffsets(target) ->
          verdict(finished);
      case Running running when running.generation() == candidate.number() ->
          waitingUntil(running.since(), policy.verificationDeadline(), "is being verified");
      case Idle idle when view.now().isBefore(idle.notBefore()) ->
          waitingUntilDeadline(candidate.since(), "could not be verified yet: " + idle.detail());
      case Running _ -> waiting("waits for the verification of another generation");
      case Idle _, Finished _ -> new Plan.Verify(candidate, publication, comparison);
    };
  }

  /**
   * The target has to lie at or beyond everything the candidate has read and every target named
   * before, since it cannot go back.
   */
  private Plan nameTarget(Publication publication) {
    Positions before = candidate.target();
    Optional<IndexGeneration> live =
        view.trustedLive().filter(trusted -> trusted.topicId().equals(candidate.topicId()));
    if (live.isEmpty()) {
      return nameTargetForScan(publication, before);
    }
    Optional<Publication> reached =
        view.publicationOf(live.get())
            .filter(ahead -> ahead.positions().reaches(publication.positions()))
            .filter(ahead -> before == null || ahead.positions().reaches(before));
    return reached.isEmpty()
        ? waitingUntilDeadline(
            candidate.since(), "waits for live generation " + live.get().number() + " to reach it")
        : nameTarget(
            new Comparison(candidate.number(), reached.get().positions(), reached.get()),
            "compared with generation " + live.get().number());
  }

  /** Without a live generation the target is the end of the log, so that all of it is compared. */
  private Plan nameTargetForScan(Publication publication, @Nullable Positions before) {
    LogTopic log = view.log();
    return log == null
            || !log.ends().reaches(publication.positions())
            || (before != null && !log.ends().reaches(before))
        ? waitingUntilDeadline(candidate.since(), "waits for the end of the log")
        : nameTarget(new Comparison(candidate.number(), log.ends(), null), "compared with the log");
  }

  private Plan nameTarget(Comparison comparison, String reason) {
    return new Plan.NameTarget(
        comparison, write(candidate.withTarget(comparison.target()), "target named, " + reason));
  }

  private Plan verdict(Finished finished) {
    IndexGeneration verified = candidate.withVerification(finished.outcome());
    String detail = finished.outcome().detail();
    FailureCause cause = finished.cause();
    return cause == null
        ? write(verified.entered(GenerationState.VERIFIED, view.now(), detail), detail)
        : write(verified.failed(cause, view.now(), detail), detail);
  }

  private Plan verified() {
    LiveAlias alias = view.state().alias();
    boolean listening = Readiness.isListening(view, policy);
    Optional<ShadowComparison> compared =
        listening ? Optional.empty() : Shadowing.settled(view, policy, candidate);
    if (compared.isPresent()) {
      return write(
          candidate.withShadow(compared.get()), "live queries: " + compared.get().detail());
    }
    boolean newEncoder =
        view.state()
            .live()
            .filter(live -> live.encoderVersion() != candidate.encoderVersion())
            .isPresent();
    if (alias != null && newEncoder && !alias.automaticRolls()) {
      return waiting("is verified; automatic rolls are paused");
    }
    boolean needsApproval = newEncoder && policy.mode() == RolloutMode.APPROVAL;
    if (needsApproval && candidate.waitsFor() != null) {
      return waiting("is verified; " + candidate.waitsFor());
    }
    if (listening) {
      return waiting("is verified; listening to the replicas");
    }
    Optional<String> missing = Readiness.missing(view, candidate);
    if (missing.isPresent()) {
      Instant since = view.notBeforeActing(candidate.since());
      Instant resumed = alias == null ? since : later(since, alias.since());
      return waitingUntilDeadline(resumed, "is verified; " + missing.get());
    }
    if (Shadowing.isOwed(view, policy, candidate)) {
      return waiting("is verified; replicas compare it on live queries");
    }
    return needsApproval
        ? write(candidate.waitingFor(APPROVAL), APPROVAL + " to go live, or a rejection")
        : goLive(alias);
  }

  private Plan goLive(@Nullable LiveAlias alias) {
    String reason =
        "generation "
            + candidate.number()
            + " with encoder "
            + candidate.encoderVersion()
            + " is verified and loaded by "
            + view.replicas().size()
            + " replicas";
    LiveAlias moved =
        alias == null
            ? new LiveAlias(
                candidate.number(), null, view.now(), true, Collections.emptySortedSet(), reason)
            : new LiveAlias(
                candidate.number(),
                view.predecessorOf(candidate).map(IndexGeneration::number).orElse(null),
                view.now(),
                alias.automaticRolls(),
                new TreeSet<>(alias.barredEncoders()),
                reason);
    return new Plan.Write(AliasMove.decisions(view, candidate, moved), reason);
  }

  private Plan fail(FailureCause cause, String reason) {
    return write(candidate.failed(cause, view.now(), reason), reason);
  }

  private Plan.Write write(IndexGeneration next, String reason) {
    return new Plan.Write(
        List.of(new Decision.Write(next)),
        "generation " + next.number() + " " + next.state() + ": " + reason);
  }

  private Plan waiting(String what) {
    return new Plan.Wait("generation " + candidate.number() + " " + what);
  }

  private Plan waitingUntilDeadline(Instant since, String what) {
    return waitingUntil(since, policy.stepDeadline(), what);
  }

  private Plan waitingUntil(Instant since, Duration limit, String what) {
    return view.now().isAfter(view.notBeforeActing(since).plus(limit))
        ? fail(FailureCause.DEADLINE_MISSED, "after " + limit + " it still " + what)
        : waiting(what);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
