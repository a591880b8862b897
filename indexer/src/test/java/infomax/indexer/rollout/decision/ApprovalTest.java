package infomax.indexer.rollout.decision;

import static infomax.indexer.rollout.decision.Situation.POLICY;
import static infomax.indexer.rollout.decision.Situation.reindex;
import static infomax.indexer.rollout.decision.Situation.release;
import static infomax.indexer.rollout.decision.Situation.request;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.LiveAlias;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A candidate that waits for approval, and what ends its waiting; rejecting at any moment. */
class ApprovalTest {

  private static final String WAITS = "waits for approval";

  private final Situation situation = new Situation(POLICY.with(RolloutMode.APPROVAL));

  ApprovalTest() {
    situation.with(release(0, Verdict.UNTRAINED));
    situation.roll(1);
  }

  /** Generation 2 of encoder 1 is verified, loaded, and waits. */
  private void waiting() {
    situation.with(release(1, Verdict.ACCEPTED)).step();
    drive(2, GenerationState.VERIFIED);
    situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
    situation.pass(POLICY.listening()).step();
    assertThat(situation.generation(2).waitsFor()).isEqualTo(WAITS);
  }

  private void drive(int number, GenerationState until) {
    if (until != GenerationState.BUILDING) {
      situation.publish(number, 1000).step();
    }
    if (until == GenerationState.VERIFIED) {
      situation.step();
      situation.step();
      situation.verificationPasses(number);
      situation.step();
      situation.verification = new VerificationStatus.Idle(java.time.Instant.MIN, "");
    }
    assertThat(situation.stateOf(number)).isEqualTo(until);
  }

  private ControlRequest ask(String id, Kind kind, String generation) {
    situation.with(request(id, kind, situation.now, generation)).step();
    return situation.state.requests().get(id);
  }

  @Test
  void theVeryFirstNeedsNoApproval() {
    assertThat(situation.stateOf(1)).isEqualTo(GenerationState.LIVE);
  }

  @Test
  void aVerifiedCandidateWaitsHoweverLong() {
    waiting();
    situation.pass(Duration.ofDays(20));
    assertThat(situation.plan()).isEqualTo(new Plan.Wait("generation 2 is verified; " + WAITS));
    assertThat(situation.generation(2).history().getLast().state())
        .isEqualTo(GenerationState.VERIFIED);
    assertThat(situation.state.alias().generation()).isEqualTo(1);
  }

  /** Replicas come and go while it waits: that is no reason to end it. */
  @Test
  void aReplicaThatLosesItMeanwhileDoesNotEndIt() {
    waiting();
    situation.replica("a", Map.of(1, 1000L), 1000L);
    situation.pass(POLICY.stepDeadline().multipliedBy(2));
    assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
  }

  @Test
  void approvedItGoesLiveWithWhoAndWhy() {
    waiting();
    ControlRequest approved = ask("p", Kind.PROMOTE, "2");
    assertThat(approved.status()).isEqualTo(Status.DONE);
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
    assertThat(situation.generation(2).waitsFor()).isNull();
    assertThat(situation.generation(2).reason()).contains("tester: a test");
    assertThat(situation.state.alias().previous()).isEqualTo(1);
  }

  @Test
  void approvedByAControllerThatJustTookOverItGoesLiveOnceReplicasWereHeard() {
    waiting();
    situation.replicas.clear();
    situation.actingSince = situation.now;
    assertThat(ask("p", Kind.PROMOTE, "2").status()).isEqualTo(Status.PENDING);
    situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
    situation.step();
    assertThat(situation.state.alias().generation()).isEqualTo(1);
    situation.pass(POLICY.listening()).step();
    assertThat(situation.state.alias().generation()).isEqualTo(2);
    assertThat(situation.state.requests().get("p").status()).isEqualTo(Status.DONE);
  }

  @Test
  void anApprovalThatReplicasCannotFollowExpiresAndSaysWhy() {
    waiting();
    situation.replica("a", Map.of(1, 1000L), 1000L);
    assertThat(ask("p", Kind.PROMOTE, "2").status()).isEqualTo(Status.PENDING);
    situation.pass(Duration.ofSeconds(61)).step();
    ControlRequest expired = situation.state.requests().get("p");
    assertThat(expired.status()).isEqualTo(Status.EXPIRED);
    assertThat(expired.outcome()).endsWith("replica a has not loaded it");
    assertThat(situation.generation(2).waitsFor()).isEqualTo(WAITS);
  }

  @Test
  void rejectedItEndsAndItsEncoderIsNotTriedAgain() {
    waiting();
    ControlRequest rejected = ask("x", Kind.REJECT, "2");
    assertThat(rejected.status()).isEqualTo(Status.DONE);
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.FAILED);
    assertThat(situation.generation(2).history().getLast().cause())
        .isEqualTo(FailureCause.NOT_WANTED);
    assertThat(situation.generation(2).reason()).contains("tester: a test");
    LiveAlias alias = situation.state.alias();
    assertThat(alias.generation()).isEqualTo(1);
    assertThat(alias.barredEncoders()).containsExactly(1);
    assertThat(alias.automaticRolls()).isTrue();
    assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    situation.with(release(2, Verdict.ACCEPTED)).step();
    assertThat(situation.generation(3).encoderVersion()).isEqualTo(2);
  }

  @Test
  void whatControlSaysIsAllASuccessorNeeds() {
    waiting();
    Situation successor = new Situation(POLICY.with(RolloutMode.APPROVAL));
    successor.state = situation.state;
    successor.now = situation.now.plus(Duration.ofHours(3));
    successor.actingSince = successor.now;
    successor.pass(Duration.ofMinutes(30));
    assertThat(successor.plan()).isInstanceOf(Plan.Wait.class);
    successor.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
    successor.with(request("p", Kind.PROMOTE, successor.now, "2")).step();
    assertThat(successor.state.alias().generation()).isEqualTo(2);
  }

  @Test
  void inAutomaticModeWhatWaitedGoesLive() {
    waiting();
    Situation automatic = new Situation(POLICY);
    automatic.state = situation.state;
    automatic.now = situation.now;
    automatic.actingSince = situation.now;
    automatic.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
    automatic.pass(POLICY.listening()).step();
    assertThat(automatic.stateOf(2)).isEqualTo(GenerationState.LIVE);
    assertThat(automatic.generation(2).waitsFor()).isNull();
  }

  @Test
  void aBrokenLiveOneIsReplacedMeanwhileWithoutApproval() {
    waiting();
    situation.failures.put(1, new IndexingFailure(1, FailureCause.STATE_LOST, "gone"));
    situation.step();
    assertThat(situation.generation(3).encoderVersion()).isZero();
    drive(3, GenerationState.CAUGHT_UP);
    assertThat(situation.generation(2).waitsFor()).isEqualTo(WAITS);
  }

  /** Generation 2 is live and broken, generation 1 is there for a rollback, 3 is approved. */
  @Test
  void approvedInPlaceOfABrokenLiveOneItIsRolledBackToTheOneBefore() {
    waiting();
    ask("p", Kind.PROMOTE, "2");
    situation.with(release(2, Verdict.ACCEPTED)).step();
    drive(3, GenerationState.VERIFIED);
    situation.replica("a", Map.of(1, 1000L, 2, 1000L, 3, 1000L), 1000L);
    situation.pass(POLICY.listening()).step();
    situation.failures.put(2, new IndexingFailure(2, FailureCause.STATE_LOST, "gone"));
    assertThat(ask("q", Kind.PROMOTE, "3").status()).isEqualTo(Status.DONE);
    assertThat(situation.stateOf(3)).isEqualTo(GenerationState.LIVE);
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.FAILED);
    assertThat(situation.stateOf(1)).isEqualTo(GenerationState.STANDBY);
    assertThat(situation.state.alias().previous()).isEqualTo(1);
    assertThat(ask("r", Kind.ROLLBACK, null).status()).isEqualTo(Status.DONE);
    assertThat(situation.state.alias().generation()).isEqualTo(1);
  }

  /** It cannot be its own predecessor. */
  @Test
  void theStandbyPromotedInPlaceOfABrokenLiveOneHasNoPredecessor() {
    waiting();
    ask("p", Kind.PROMOTE, "2");
    situation.failures.put(2, new IndexingFailure(2, FailureCause.STATE_LOST, "gone"));
    assertThat(ask("q", Kind.PROMOTE, "1").status()).isEqualTo(Status.DONE);
    assertThat(situation.stateOf(1)).isEqualTo(GenerationState.LIVE);
    assertThat(situation.state.alias().previous()).isNull();
  }

  @Test
  void aReplacementOfWhatIsNotLiveAnyMoreEndsAndMakesRoomForTheNextOne() {
    waiting();
    ask("p", Kind.PROMOTE, "2");
    situation.with(release(2, Verdict.ACCEPTED)).step();
    drive(3, GenerationState.VERIFIED);
    situation.replica("a", Map.of(1, 1000L, 2, 1000L, 3, 1000L), 1000L);
    situation.pass(POLICY.listening()).step();
    situation.failures.put(2, new IndexingFailure(2, FailureCause.STATE_LOST, "gone"));
    situation.step();
    assertThat(situation.generation(4).encoderVersion()).isEqualTo(1);
    assertThat(ask("r", Kind.ROLLBACK, null).status()).isEqualTo(Status.DONE);
    situation.failures.put(1, new IndexingFailure(1, FailureCause.STATE_LOST, "gone"));
    situation.step();
    situation.step();
    situation.step();
    assertThat(situation.stateOf(4)).isEqualTo(GenerationState.FAILED);
    assertThat(situation.stateOf(3)).isEqualTo(GenerationState.VERIFIED);
    assertThat(situation.generation(5).encoderVersion()).isZero();
    assertThat(situation.stateOf(5)).isEqualTo(GenerationState.BUILDING);
  }

  @Test
  void aReindexNeedsNoApproval() {
    situation.with(reindex("i", situation.now, Map.of(ControlRequest.MAX_CONN, "24"))).step();
    situation.finishRoll(2);
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
  }

  @Test
  void aRollbackWhileItWaitsLeavesItWaiting() {
    waiting();
    ask("p", Kind.PROMOTE, "2");
    situation.with(release(2, Verdict.ACCEPTED)).step();
    drive(3, GenerationState.VERIFIED);
    situation.replica("a", Map.of(1, 1000L, 2, 1000L, 3, 1000L), 1000L);
    situation.pass(POLICY.listening()).step();
    assertThat(situation.generation(3).waitsFor()).isEqualTo(WAITS);
    assertThat(ask("r", Kind.ROLLBACK, null).status()).isEqualTo(Status.DONE);
    assertThat(situation.state.alias().generation()).isEqualTo(1);
    assertThat(situation.stateOf(3)).isEqualTo(GenerationState.VERIFIED);
    assertThat(ask("q", Kind.PROMOTE, "3").status()).isEqualTo(Status.DONE);
    assertThat(situation.state.alias().generation()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(
      value = GenerationState.class,
      names = {"BUILDING", "CAUGHT_UP", "VERIFIED"})
  void aCandidateIsRejectedInTheMiddleOfItsRoll(GenerationState during) {
    Situation automatic = Situation.firstLive().with(release(1, Verdict.ACCEPTED));
    automatic.step();
    if (during != GenerationState.BUILDING) {
      automatic.publish(2, 1000).step();
    }
    if (during == GenerationState.VERIFIED) {
      automatic.step();
      automatic.step();
      automatic.verificationPasses(2);
      automatic.step();
    }
    assertThat(automatic.stateOf(2)).isEqualTo(during);
    automatic.with(request("x", Kind.REJECT, automatic.now, "2")).step();
    assertThat(automatic.stateOf(2)).isEqualTo(GenerationState.FAILED);
    assertThat(automatic.state.alias().generation()).isEqualTo(1);
    automatic.pass(Duration.ofDays(1));
    assertThat(automatic.plan()).isEqualTo(Plan.Wait.IDLE);
  }

  @Test
  void aReindexThatIsRejectedEndsItsRequestAndBarsNothing() {
    situation.with(reindex("i", situation.now, Map.of(ControlRequest.MAX_CONN, "24"))).step();
    ask("x", Kind.REJECT, "2");
    situation.step();
    assertThat(situation.state.requests().get("i").status()).isEqualTo(Status.FAILED);
    assertThat(situation.state.alias().barredEncoders()).isEmpty();
    assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
  }

  @Test
  void whatIsLiveOrOverOrUnknownCannotBeRejected() {
    assertThat(ask("x", Kind.REJECT, "1").outcome()).contains("is LIVE, expected one on its way");
    assertThat(ask("y", Kind.REJECT, "7").outcome()).contains("generation is '7'");
    assertThat(situation.state.alias().generation()).isEqualTo(1);
    Situation empty = new Situation().with(release(0, Verdict.UNTRAINED));
    empty.step();
    empty.with(request("z", Kind.REJECT, empty.now, "1")).step();
    assertThat(empty.state.requests().get("z").outcome()).isEqualTo("no generation is live yet");
    assertThat(empty.stateOf(1)).isEqualTo(GenerationState.BUILDING);
  }
}
