package infomax.indexer.rollout.decision;

import static infomax.indexer.rollout.decision.Situation.POLICY;
import static infomax.indexer.rollout.decision.Situation.START;
import static infomax.indexer.rollout.decision.Situation.at;
import static infomax.indexer.rollout.decision.Situation.reindex;
import static infomax.indexer.rollout.decision.Situation.release;
import static infomax.indexer.rollout.decision.Situation.request;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexParameters;
import infomax.events.control.Int8Variant;
import infomax.events.control.ServedPrecision;
import infomax.events.control.VectorFormat;
import infomax.indexer.rollout.decision.Plan.Comparison;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Every rule of the controller, one by one, without Kafka. */
class RolloutDecisionsTest {

  @Nested
  class BeginningOfAGeneration {

    @Test
    void nothingHappensWithoutARelease() {
      assertThat(new Situation().plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @Test
    void releaseZeroBeginsWhereNothingIsLive() {
      Situation situation = new Situation().with(release(0, Verdict.UNTRAINED));
      situation.step();
      IndexGeneration begun = situation.generation(1);
      assertThat(begun.state()).isEqualTo(GenerationState.BUILDING);
      assertThat(begun.encoderVersion()).isZero();
      assertThat(begun.topicId()).isEqualTo(Situation.TOPIC);
      assertThat(begun.partitions()).isEqualTo(Situation.PARTITIONS);
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    }

    @Test
    void aLogThatCannotBeDescribedIsWaitedFor() {
      Situation situation = new Situation().with(release(0, Verdict.UNTRAINED));
      situation.log = null;
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    }

    @Test
    void theNewestAcceptedReleaseBegins() {
      Situation situation = Situation.firstLive();
      situation.with(release(1, Verdict.ACCEPTED)).with(release(2, Verdict.ACCEPTED));
      situation.with(release(3, Verdict.REJECTED)).step();
      assertThat(situation.generation(2).encoderVersion()).isEqualTo(2);
    }

    @Test
    void aGenerationIsBuiltWithTheFileThatIsConfiguredAndOffered() {
      Digest int8 = Digest.of(new byte[] {88});
      EncoderRelease offering =
          release(1, new Int8Variant(int8, 5, Digest.of(new byte[] {89}), 0.99, 0.9999, "agrees"));
      EncoderRelease refusing = release(1, Int8Variant.refused(0.9, 0.99, "recall@10 is 0.9"));

      IndexGeneration bytes = begun(ServedPrecision.INT8, offering);
      assertThat(bytes.encoder()).isEqualTo(int8);
      assertThat(bytes.reason()).endsWith("with its int8 file");
      IndexGeneration fallen = begun(ServedPrecision.INT8, refusing);
      assertThat(fallen.encoder()).isEqualTo(refusing.onnx());
      assertThat(fallen.reason())
          .endsWith("with its float32 file, since it offers no int8: recall@10 is 0.9");
      assertThat(begun(ServedPrecision.INT8, release(1, Verdict.ACCEPTED)).reason())
          .endsWith("none was made");
      assertThat(begun(ServedPrecision.FLOAT32, offering).encoder()).isEqualTo(offering.onnx());
    }

    private IndexGeneration begun(ServedPrecision precision, EncoderRelease release) {
      Situation situation = new Situation(POLICY.with(precision)).with(release);
      situation.step();
      return situation.generation(1);
    }

    @Test
    void oneCandidateIsDrivenAtATime() {
      Situation situation = Situation.firstLive().with(release(1, Verdict.ACCEPTED));
      situation.step();
      situation.with(release(2, Verdict.ACCEPTED)).step();
      assertThat(situation.state.generations()).hasSize(2);
    }

    @Test
    void aRejectedOrOlderReleaseNeverBegins() {
      Situation situation = Situation.firstLive().with(release(1, Verdict.REJECTED));
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @Test
    void anUntrainedReleaseDoesNotReplaceALiveOne() {
      Situation situation = Situation.firstLive().with(release(5, Verdict.UNTRAINED));
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @Test
    void aFailureThatARebuildCuresIsTriedAgainAfterAPauseAndThreeTimesAtMost() {
      Situation situation = new Situation().with(release(0, Verdict.UNTRAINED));
      Duration pause = POLICY.backOff();
      for (int attempt = 1; attempt <= POLICY.attemptsMax(); attempt++) {
        situation.step();
        assertThat(situation.stateOf(attempt)).isEqualTo(GenerationState.BUILDING);
        situation.failures.put(
            attempt, new IndexingFailure(attempt, FailureCause.DELETES_MAY_BE_MISSING, "too old"));
        situation.step();
        assertThat(situation.stateOf(attempt)).isEqualTo(GenerationState.FAILED);
        assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
        situation.pass(pause);
        pause = pause.multipliedBy(2);
      }
      situation.pass(Duration.ofDays(1));
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @ParameterizedTest
    @EnumSource(FailureCause.class)
    void anotherAttemptIsMadeExactlyIfARebuildHelps(FailureCause cause) {
      Situation situation = new Situation().with(release(0, Verdict.UNTRAINED));
      situation.step();
      situation.failures.put(1, new IndexingFailure(1, cause, "reason"));
      situation.step();
      situation.pass(POLICY.backOff()).step();
      boolean again = cause.rebuildHelps() || cause == FailureCause.NOT_WANTED;
      assertThat(situation.state.generations()).hasSize(again ? 2 : 1);
    }

    @Test
    void anExhaustedReleaseMakesRoomForTheNextNewest() {
      Situation situation = Situation.firstLive();
      situation.with(release(1, Verdict.ACCEPTED)).with(release(2, Verdict.ACCEPTED)).step();
      situation.failures.put(
          2, new IndexingFailure(2, FailureCause.GOLDEN_IMAGES_DIFFER, "reason"));
      situation.step();
      situation.step();
      assertThat(situation.generation(3).encoderVersion()).isEqualTo(1);
    }

    @Test
    void aLiveGenerationThatCannotBeIndexedStaysLiveAndIsReplacedByTheSameEncoder() {
      Situation situation = Situation.firstLive();
      situation.failures.put(
          1, new IndexingFailure(1, FailureCause.DELETES_MAY_BE_MISSING, "too old"));
      situation.step();
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.LIVE);
      assertThat(situation.generation(2).encoderVersion()).isZero();
      situation.publish(2, 1000).step();
      Plan plan = situation.step();
      assertThat(plan).isInstanceOf(Plan.NameTarget.class);
      assertThat(((Plan.NameTarget) plan).comparison().publication()).isNull();
      situation.verificationPasses(2);
      situation.step();
      situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
      situation.pass(POLICY.listening()).step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.FAILED);
      assertThat(situation.state.alias().previous()).isNull();
    }

    @Test
    void aRecreatedTopicCountsAsAFailureOfEveryGenerationOnTheOldOne() {
      Situation situation = Situation.firstLive();
      situation.log = new LogTopic("topic-b", Situation.PARTITIONS, at(5));
      situation.step();
      assertThat(situation.generation(2).topicId()).isEqualTo("topic-b");
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.LIVE);
    }

    @Test
    void aPausedCandidateDoesNotKeepABrokenLiveOneFromBeingReplaced() {
      Situation situation = Situation.firstLive().with(release(1, Verdict.ACCEPTED));
      situation.roll(2);
      situation.with(release(2, Verdict.ACCEPTED)).step();
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.LIVE);
      assertThat(situation.stateOf(3)).isEqualTo(GenerationState.BUILDING);
      situation.failures.put(1, new IndexingFailure(1, FailureCause.STATE_LOST, "gone"));
      situation.step();
      assertThat(situation.generation(4).encoderVersion()).isZero();
      situation.publish(3, 1000).publish(4, 1000).step();
      assertThat(situation.stateOf(4)).isEqualTo(GenerationState.CAUGHT_UP);
      assertThat(situation.stateOf(3)).isEqualTo(GenerationState.BUILDING);
    }
  }

  @Nested
  class FromBuildingToVerified {

    private final Situation situation = Situation.firstLive().with(release(1, Verdict.ACCEPTED));

    FromBuildingToVerified() {
      situation.step();
    }

    @Test
    void farFromTheEndItIsBuiltOn() {
      situation.publish(2, 800);
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.pass(Duration.ofDays(2));
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    }

    @Test
    void closeToTheEndItHasCaughtUp() {
      situation.publish(2, 900).step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.CAUGHT_UP);
    }

    @Test
    void howFastTheLogGrowsDoesNotMatterIfItHadReachedTheEnd() {
      Instant complete = situation.now.minusSeconds(5);
      situation.publish(2, 500, Map.of(0, complete, 1, complete));
      situation.pass(Duration.ofHours(3)).step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.CAUGHT_UP);
    }

    @Test
    void havingReachedTheEndOfOnePartitionOrLongAgoIsNotEnough() {
      situation.publish(2, 500, Map.of(0, situation.now));
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.publish(
          2, 500, Map.of(0, situation.now, 1, situation.now.minus(Duration.ofMinutes(1))));
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    }

    @Test
    void theTargetIsALivePublicationThatReachesTheCandidate() {
      caughtUpAt(1000);
      situation.publish(1, 999);
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.publish(1, 1010);
      Plan plan = situation.step();
      assertThat(plan).isInstanceOf(Plan.NameTarget.class);
      Comparison named = ((Plan.NameTarget) plan).comparison();
      assertThat(named.publication().generation()).isEqualTo(1);
      assertThat(named.target()).isEqualTo(at(1010));
      assertThat(situation.generation(2).target()).isEqualTo(at(1010));
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.CAUGHT_UP);
    }

    @Test
    void itIsVerifiedOnlyAtExactlyTheTarget() {
      caughtUpAt(1000);
      situation.publish(1, 1010).step();
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.publish(2, 1009);
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.publish(2, 1010);
      assertThat(situation.plan()).isInstanceOf(Plan.Verify.class);
    }

    @Test
    void aCandidateBeyondItsTargetGetsALaterOne() {
      caughtUpAt(1000);
      situation.publish(1, 1010).step();
      situation.publish(2, 1020);
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.publish(1, 1030).step();
      assertThat(situation.generation(2).target()).isEqualTo(at(1030));
    }

    @Test
    void aSuccessorNamesALaterTargetSinceItHoldsNothing() {
      caughtUpAt(1000);
      situation.publish(1, 1010).step();
      situation.publish(2, 1010).publish(1, 1050);
      situation.comparison = null;
      situation.step();
      assertThat(situation.generation(2).target()).isEqualTo(at(1050));
    }

    @Test
    void theVerdictIsWrittenWithItsFigures() {
      verified();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.VERIFIED);
      assertThat(situation.generation(2).verification().passed()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(FailureCause.class)
    void aFailedVerificationFailsTheGenerationWithItsCause(FailureCause cause) {
      atTarget();
      situation.step();
      situation.finish(2, cause);
      situation.step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.FAILED);
      assertThat(situation.generation(2).history().getLast().cause()).isEqualTo(cause);
      assertThat(situation.generation(2).verification().passed()).isFalse();
      assertThat(situation.state.alias().generation()).isEqualTo(1);
    }

    @Test
    void aVerdictAboutAnotherTargetIsNotUsed() {
      atTarget();
      situation.step();
      situation.verificationPasses(2);
      situation.comparison = null;
      situation.publish(1, 1100).step();
      assertThat(situation.generation(2).target()).isEqualTo(at(1100));
      situation.publish(2, 1100);
      assertThat(situation.plan()).isInstanceOf(Plan.Verify.class);
    }

    @Test
    void aVerificationThatCannotBeCarriedOutIsTriedAgainUntilTheDeadline() {
      atTarget();
      situation.verification =
          new VerificationStatus.Idle(situation.now.plusSeconds(5), "no broker");
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.pass(Duration.ofSeconds(5));
      assertThat(situation.plan()).isInstanceOf(Plan.Verify.class);
      situation.pass(POLICY.stepDeadline());
      situation.verification =
          new VerificationStatus.Idle(situation.now.plusSeconds(5), "no broker");
      situation.step();
      assertMissedDeadline(2);
    }

    @Test
    void aRunningVerificationHasADeadlineOfItsOwn() {
      atTarget();
      situation.step();
      situation.pass(POLICY.verificationDeadline());
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.pass(Duration.ofMillis(1)).step();
      assertMissedDeadline(2);
    }

    @Test
    void aLiveGenerationThatNeverReachesItFailsTheRoll() {
      caughtUpAt(1000);
      situation.publish(1, 999).pass(POLICY.stepDeadline().plusMillis(1)).step();
      assertMissedDeadline(2);
    }

    @Test
    void aCandidateThatNeverReachesItsTargetFails() {
      caughtUpAt(1000);
      situation.publish(1, 1010).step();
      situation.pass(POLICY.stepDeadline().plusMillis(1)).step();
      assertMissedDeadline(2);
    }

    @Test
    void timeWithoutAControllerDoesNotCount() {
      caughtUpAt(1000);
      situation.publish(1, 1010).step();
      situation.pass(Duration.ofDays(1));
      situation.actingSince = situation.now;
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    }

    @Test
    void theVeryFirstIsComparedWithTheWholeLog() {
      Situation first = new Situation().with(release(0, Verdict.UNTRAINED));
      first.step();
      first.publish(1, 950).step();
      Plan plan = first.step();
      assertThat(plan).isInstanceOf(Plan.NameTarget.class);
      Comparison named = ((Plan.NameTarget) plan).comparison();
      assertThat(named.publication()).isNull();
      assertThat(named.target()).isEqualTo(at(1000));
      assertThat(first.plan()).isInstanceOf(Plan.Wait.class);
      first.publish(1, 1000);
      assertThat(first.plan()).isInstanceOf(Plan.Verify.class);
    }

    @Test
    void theVeryFirstDoesNotWaitForTheEndOfTheLog() {
      Situation first = new Situation().with(release(0, Verdict.UNTRAINED));
      first.step();
      first.publish(1, 10).step();
      assertThat(first.stateOf(1)).isEqualTo(GenerationState.CAUGHT_UP);
    }

    @Test
    void aSuccessorComparesTheVeryFirstAtTheNewEndOfTheLog() {
      Situation first = new Situation().with(release(0, Verdict.UNTRAINED));
      first.step();
      first.publish(1, 950).step();
      first.step();
      first.comparison = null;
      first.log = new LogTopic(Situation.TOPIC, Situation.PARTITIONS, at(1070));
      first.step();
      assertThat(first.generation(1).target()).isEqualTo(at(1070));
    }

    @Test
    void anEndOfTheLogThatIsOlderThanTheCandidateIsNoTarget() {
      Situation first = new Situation().with(release(0, Verdict.UNTRAINED));
      first.step();
      first.publish(1, 1001).step();
      assertThat(first.plan()).isInstanceOf(Plan.Wait.class);
    }

    @ParameterizedTest
    @EnumSource(
        value = GenerationState.class,
        names = {"BUILDING", "CAUGHT_UP", "VERIFIED"})
    void aCandidateWhoseIndexingFailsEnds(GenerationState state) {
      if (state != GenerationState.BUILDING) {
        caughtUpAt(1000);
      }
      if (state == GenerationState.VERIFIED) {
        verifiedAfterCaughtUp();
      }
      assertThat(situation.stateOf(2)).isEqualTo(state);
      situation.failures.put(2, new IndexingFailure(2, FailureCause.INDEX_CORRUPT, "bad file"));
      situation.step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.FAILED);
      assertThat(situation.generation(2).reason()).isEqualTo("bad file");
    }

    @Test
    void aStandbyWhoseIndexingFailsEndsAndCannotBeRolledBackTo() {
      situation.with(situation.generation(2).failed(FailureCause.NOT_WANTED, START, "aside"));
      situation.roll(3);
      situation.failures.put(1, new IndexingFailure(1, FailureCause.STATE_LOST, "gone"));
      situation.step();
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.FAILED);
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      assertThat(situation.state.requests().get("r").status()).isEqualTo(Status.FAILED);
      assertThat(situation.state.alias().generation()).isEqualTo(3);
    }

    private void caughtUpAt(long offset) {
      situation.publish(2, offset).step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.CAUGHT_UP);
    }

    private void atTarget() {
      caughtUpAt(1000);
      situation.publish(1, 1010).step();
      situation.publish(2, 1010);
    }

    private void verified() {
      caughtUpAt(1000);
      verifiedAfterCaughtUp();
    }

    private void verifiedAfterCaughtUp() {
      situation.publish(1, 1010).step();
      situation.publish(2, 1010).step();
      situation.verificationPasses(2);
      situation.step();
    }

    private void assertMissedDeadline(int generation) {
      assertThat(situation.stateOf(generation)).isEqualTo(GenerationState.FAILED);
      assertThat(situation.generation(generation).history().getLast().cause())
          .isEqualTo(FailureCause.DEADLINE_MISSED);
    }
  }

  @Nested
  class Ready {

    private final Situation situation = Situation.firstLive().with(release(1, Verdict.ACCEPTED));

    Ready() {
      situation.step();
      situation.publish(2, 1000).step();
      situation.step();
      situation.step();
      situation.verificationPasses(2);
      situation.step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.VERIFIED);
      situation.replica("a", Map.of(1, 1000L), 1000L);
    }

    @Test
    void aControllerThatHasHeardEveryReplicaDoesNotListenAgain() {
      situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
      situation.step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
    }

    @Test
    void nothingIsJudgedBeforeThreeHeartbeats() {
      situation.actingSince = situation.now;
      situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
      situation.pass(POLICY.listening().minusMillis(1));
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.pass(Duration.ofMillis(1)).step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
    }

    @Test
    void aSuccessorListensForThreeHeartbeatsItself() {
      situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
      situation.pass(Duration.ofMinutes(1));
      situation.actingSince = situation.now;
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    }

    @Test
    void everyReplicaHeardFromHasToHaveItLoaded() {
      situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
      situation.replica("b", Map.of(1, 1000L), 1000L);
      situation.pass(POLICY.listening());
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.replica("b", Map.of(1, 1000L, 2, 1000L), 1000L);
      situation.step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
    }

    @Test
    void itMustNotBeBehindWhatTheReplicaServed() {
      situation.replica("a", Map.of(1, 1050L, 2, 1049L), 1050L);
      situation.pass(POLICY.listening());
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.replica("a", Map.of(1, 1060L, 2, 1050L), 1050L);
      situation.step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
    }

    @Test
    void itMustHaveReachedItsTarget() {
      situation.replica("a", Map.of(1, 900L, 2, 999L), 900L);
      situation.pass(POLICY.listening());
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    }

    @Test
    void aReplicaThatIsNeverReadyFailsTheRoll() {
      situation.pass(POLICY.stepDeadline().plusMillis(1)).step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.FAILED);
      assertThat(situation.state.alias().generation()).isEqualTo(1);
      assertThat(situation.generation(2).reason()).contains("replica a has not loaded it");
    }

    @Test
    void withoutAnyReplicaARollFailsButTheVeryFirstGoesAhead() {
      situation.replicas.clear();
      situation.pass(POLICY.listening());
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      situation.pass(POLICY.stepDeadline()).step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.FAILED);

      Situation first = new Situation().with(release(0, Verdict.UNTRAINED));
      first.step();
      first.publish(1, 1000).step();
      first.step();
      first.step();
      first.verificationPasses(1);
      first.step();
      first.pass(POLICY.listening()).step();
      assertThat(first.stateOf(1)).isEqualTo(GenerationState.LIVE);
      assertThat(first.state.alias().automaticRolls()).isTrue();
    }

    @Test
    void theAliasMovesTogetherWithEveryStateItConcerns() {
      situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
      situation.pass(POLICY.listening());
      Plan plan = situation.step();
      assertThat(((Plan.Write) plan).decisions())
          .extracting(Decision::key)
          .containsExactly("generation/2", "alias/live", "generation/1");
      assertThat(situation.state.alias().generation()).isEqualTo(2);
      assertThat(situation.state.alias().previous()).isEqualTo(1);
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.STANDBY);
      situation.with(release(2, Verdict.ACCEPTED)).roll(3);
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.RETIRED);
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.STANDBY);
    }
  }

  @Nested
  class WhatOperatorsAskFor {

    private final Situation situation = Situation.firstLive().with(release(1, Verdict.ACCEPTED));

    WhatOperatorsAskFor() {
      situation.roll(2);
    }

    @Test
    void aRollbackMovesTheAliasBackAtOnceBarsTheReleaseAndPausesRolls() {
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      assertThat(situation.state.alias().generation()).isEqualTo(1);
      assertThat(situation.state.alias().barredEncoders()).containsExactly(1);
      assertThat(situation.state.alias().automaticRolls()).isFalse();
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.LIVE);
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.STANDBY);
      ControlRequest done = situation.state.requests().get("r");
      assertThat(done.status()).isEqualTo(Status.DONE);
      assertThat(done.outcome()).contains("positions do not go back");
      situation.with(release(2, Verdict.ACCEPTED));
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @Test
    void aRollbackSaysIfPositionsGoBack() {
      situation.publish(2, 1010).publish(1, 1003);
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      assertThat(situation.state.requests().get("r").outcome()).contains("back by 14 offsets");
    }

    @Test
    void aSecondRollbackHasNowhereToGo() {
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      situation.with(request("s", Kind.ROLLBACK, situation.now, null)).step();
      assertThat(situation.state.requests().get("s").status()).isEqualTo(Status.FAILED);
      assertThat(situation.state.alias().generation()).isEqualTo(1);
    }

    @Test
    void aRollbackBeforeAnythingIsLiveFails() {
      Situation empty = new Situation();
      empty.with(request("r", Kind.ROLLBACK, empty.now, null)).step();
      assertThat(empty.state.requests().get("r").status()).isEqualTo(Status.FAILED);
    }

    @ParameterizedTest
    @EnumSource(
        value = GenerationState.class,
        names = {"BUILDING", "CAUGHT_UP", "VERIFIED"})
    void aRollbackDuringARollHoldsTheCandidateBack(GenerationState during) {
      situation.with(release(2, Verdict.ACCEPTED)).step();
      if (during != GenerationState.BUILDING) {
        situation.publish(3, 1000).step();
      }
      if (during == GenerationState.VERIFIED) {
        situation.step();
        situation.step();
        situation.verificationPasses(3);
        situation.step();
      }
      assertThat(situation.stateOf(3)).isEqualTo(during);
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      assertThat(situation.state.alias().generation()).isEqualTo(1);
      situation.replica("a", Map.of(1, 1000L, 3, 1000L), 1000L);
      if (during == GenerationState.VERIFIED) {
        situation.pass(Duration.ofDays(1)).step();
        assertThat(situation.stateOf(3)).isEqualTo(GenerationState.VERIFIED);
        assertThat(situation.state.alias().generation()).isEqualTo(1);
        situation.with(request("p", Kind.PROMOTE, situation.now, "1")).step();
        situation.step();
        assertThat(situation.state.alias().generation()).isEqualTo(3);
      }
    }

    @Test
    void aPromotionBringsAStandbyBackAndResumesRolls() {
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      situation.with(request("p", Kind.PROMOTE, situation.now, "2")).step();
      assertThat(situation.state.alias().generation()).isEqualTo(2);
      assertThat(situation.state.alias().previous()).isEqualTo(1);
      assertThat(situation.state.alias().automaticRolls()).isTrue();
      assertThat(situation.state.alias().barredEncoders()).isEmpty();
      assertThat(situation.stateOf(1)).isEqualTo(GenerationState.STANDBY);
    }

    @Test
    void aPromotionToTheLiveGenerationOnlyResumesRolls() {
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      situation.with(request("p", Kind.PROMOTE, situation.now, "1")).step();
      assertThat(situation.state.alias().generation()).isEqualTo(1);
      assertThat(situation.state.alias().automaticRolls()).isTrue();
      assertThat(situation.state.alias().barredEncoders()).containsExactly(1);
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @ParameterizedTest
    @EnumSource(
        value = GenerationState.class,
        mode = Mode.EXCLUDE,
        names = {"STANDBY", "VERIFIED", "LIVE"})
    void onlyWhatReplicasHaveLoadedCanBePromoted(GenerationState state) {
      situation.with(situation.generation(1).entered(state, situation.now, "test"));
      situation.with(request("p", Kind.PROMOTE, situation.now, "1")).step();
      assertThat(situation.state.requests().get("p").status()).isEqualTo(Status.FAILED);
      assertThat(situation.state.alias().generation()).isEqualTo(2);
    }

    @Test
    void aPromotionToNoGenerationFails() {
      for (String generation : new String[] {null, "", "x", "99"}) {
        situation.with(request("p" + generation, Kind.PROMOTE, situation.now, generation)).step();
        assertThat(situation.state.requests().get("p" + generation).status())
            .isEqualTo(Status.FAILED);
      }
    }

    @Test
    void aRequestIsNotBegunAfterItsExpiry() {
      situation.with(request("r", Kind.ROLLBACK, situation.now, null));
      situation.pass(Duration.ofSeconds(61)).step();
      assertThat(situation.state.requests().get("r").status()).isEqualTo(Status.EXPIRED);
      assertThat(situation.state.alias().generation()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
        value = Status.class,
        names = {"DONE", "FAILED", "EXPIRED"})
    void aFinishedRequestIsNeverExecutedAgain(Status finished) {
      situation.with(request("r", Kind.ROLLBACK, situation.now, null).as(finished, "before"));
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @Test
    void trainRequestsAreLeftToTheTrainer() {
      situation.with(request("t", Kind.TRAIN, situation.now, null));
      situation.pass(Duration.ofMinutes(5));
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @Test
    void requestsAreExecutedOldestFirst() {
      situation.with(request("a", Kind.PROMOTE, situation.now.minusSeconds(1), "1"));
      situation.with(request("z", Kind.ROLLBACK, situation.now.minusSeconds(2), null)).step();
      assertThat(situation.state.requests().get("z").status()).isEqualTo(Status.DONE);
      assertThat(situation.state.requests().get("a").status()).isEqualTo(Status.PENDING);
    }

    @Test
    void aCandidateOfABarredEncoderEnds() {
      situation.failures.put(2, new IndexingFailure(2, FailureCause.STATE_LOST, "gone"));
      situation.step();
      assertThat(situation.generation(3).encoderVersion()).isEqualTo(1);
      situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
      assertThat(situation.stateOf(2)).isEqualTo(GenerationState.FAILED);
      situation.step();
      assertThat(situation.stateOf(3)).isEqualTo(GenerationState.FAILED);
      assertThat(situation.generation(3).history().getLast().cause())
          .isEqualTo(FailureCause.NOT_WANTED);
    }
  }

  @Nested
  class WhenAnIndexIsAskedForAnew {

    private final Situation situation = Situation.firstLive();

    private ControlRequest asked(String id) {
      return situation.state.requests().get(id);
    }

    @Test
    void theLiveEncodersIndexIsBuiltAndGoesLive() {
      situation.with(reindex("i", situation.now, Map.of("vectorFormat", "int8", "maxConn", "24")));
      situation.step();
      IndexGeneration begun = situation.generation(2);
      assertThat(begun.encoderVersion()).isEqualTo(situation.generation(1).encoderVersion());
      assertThat(begun.index()).isEqualTo(new IndexParameters(1, 24, 100, VectorFormat.INT8));
      assertThat(begun.reason()).contains("int8").contains("tester: a test");
      assertThat(asked("i").status()).isEqualTo(Status.RUNNING);
      assertThat(asked("i").outcome()).contains("generation 2 is being built").contains("int8");
      drive(2);
      assertThat(situation.state.alias().generation()).isEqualTo(2);
      assertThat(situation.state.alias().previous()).isEqualTo(1);
      situation.step();
      assertThat(asked("i").status()).isEqualTo(Status.DONE);
      assertThat(asked("i").outcome()).contains("generation 2 went live");
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @Test
    void whatWasAskedForHoldsForTheNextEncoderToo() {
      situation.with(reindex("i", situation.now, Map.of("vectorFormat", "int8"))).step();
      drive(2);
      situation.step();
      situation.with(release(1, Verdict.ACCEPTED)).step();
      assertThat(situation.generation(3).encoderVersion()).isEqualTo(1);
      assertThat(situation.generation(3).index().vectorFormat()).isEqualTo(VectorFormat.INT8);
      drive(3);
      situation.step();
      situation.with(reindex("j", situation.now, Map.of())).step();
      assertThat(situation.generation(4).index()).isEqualTo(Situation.POLICY.index());
    }

    @Test
    void aFailedOneEndsTheRequestAndIsNotTriedAgain() {
      situation.with(reindex("i", situation.now, Map.of())).step();
      situation.failures.put(2, new IndexingFailure(2, FailureCause.STATE_LOST, "gone"));
      situation.step();
      situation.step();
      assertThat(asked("i").status()).isEqualTo(Status.FAILED);
      assertThat(asked("i").outcome()).contains("generation 2 is FAILED: gone");
      assertThat(situation.pass(Duration.ofDays(1)).plan()).isEqualTo(Plan.Wait.IDLE);
      // Nor does it use up the attempts to replace a broken live one.
      situation.failures.put(1, new IndexingFailure(1, FailureCause.STATE_LOST, "gone"));
      situation.step();
      assertThat(situation.generation(3).reason()).doesNotContain("attempt");
    }

    @Test
    void itWaitsForTheGenerationThatIsBeingBuilt() {
      situation.with(release(1, Verdict.ACCEPTED)).step();
      situation.with(reindex("i", situation.now, Map.of()));
      assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
      assertThat(asked("i").status()).isEqualTo(Status.PENDING);
      drive(2);
      situation.step();
      assertThat(situation.generation(3).encoderVersion()).isEqualTo(1);
      assertThat(asked("i").status()).isEqualTo(Status.RUNNING);
    }

    @Test
    void aRollbackNeedNotWaitForIt() {
      situation.with(release(1, Verdict.ACCEPTED)).roll(2);
      situation.with(reindex("i", situation.now, Map.of())).step();
      situation.with(Situation.request("r", Kind.ROLLBACK, situation.now, null)).step();
      assertThat(situation.state.alias().generation()).isEqualTo(1);
      situation.step();
      assertThat(situation.stateOf(3)).isEqualTo(GenerationState.FAILED);
      situation.step();
      assertThat(asked("i").status()).isEqualTo(Status.FAILED);
    }

    @Test
    void itIsBuiltWhileANewerEncoderWaitsForRollsToResume() {
      situation.with(release(1, Verdict.ACCEPTED)).roll(2);
      situation.with(release(2, Verdict.ACCEPTED)).step();
      situation.with(Situation.request("r", Kind.ROLLBACK, situation.now, null)).step();
      situation.publish(3, 1000).step();
      situation.step();
      situation.step();
      situation.verificationPasses(3);
      situation.step();
      assertThat(situation.stateOf(3)).isEqualTo(GenerationState.VERIFIED);
      situation.with(reindex("i", situation.now, Map.of())).step();
      assertThat(situation.generation(4).encoderVersion()).isZero();
    }

    @Test
    void badParametersAreRefusedWithTheReason() {
      Map<String, Map<String, String>> refused =
          Map.of(
              "shards is 3, expected one of 1, 2", Map.of("shards", "3"),
              "maxConn is 200, expected 4 to 128", Map.of("maxConn", "200"),
              "beamWidth is 8, expected maxConn, which is 16, to 1000", Map.of("beamWidth", "8"),
              "beamWidth is 'x', expected a whole number", Map.of("beamWidth", "x"));
      refused.forEach(
          (sentence, parameters) -> {
            situation.with(reindex(sentence, situation.now, parameters)).step();
            assertThat(asked(sentence).status()).isEqualTo(Status.FAILED);
            assertThat(asked(sentence).outcome()).startsWith(sentence);
          });
      assertThat(situation.state.generations()).hasSize(1);
    }

    @Test
    void itNeedsALiveGenerationAndIsNotBegunTooLate() {
      Situation empty = new Situation();
      empty.with(reindex("i", empty.now, Map.of())).step();
      assertThat(empty.state.requests().get("i").status()).isEqualTo(Status.FAILED);
      situation.with(reindex("i", situation.now, Map.of()));
      situation.pass(Duration.ofHours(7)).step();
      assertThat(asked("i").status()).isEqualTo(Status.EXPIRED);
    }

    private void drive(int number) {
      situation.finishRoll(number);
    }
  }

  @Nested
  class WhatFinishedLongAgo {

    @Test
    void finishedKeysEndAfterThirtyDays() {
      Situation situation = Situation.firstLive().with(release(1, Verdict.ACCEPTED));
      situation.roll(2);
      situation.with(release(2, Verdict.ACCEPTED)).roll(3);
      situation.with(request("done", Kind.TRAIN, situation.now, null).as(Status.DONE, "ok"));
      situation.with(request("open", Kind.TRAIN, situation.now, null));
      situation.pass(Duration.ofDays(29));
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
      situation.pass(Duration.ofDays(2)).step();
      assertThat(situation.state.requests()).containsOnlyKeys("open");
      assertThat(situation.state.generations()).containsOnlyKeys(2, 3);
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }

    @Test
    void aNumberIsNeverGivenAgainAndExhaustedAttemptsStayExhausted() {
      Situation situation = Situation.firstLive().with(release(1, Verdict.ACCEPTED));
      situation.step();
      situation.failures.put(2, new IndexingFailure(2, FailureCause.RECALL_TOO_LOW, "low"));
      situation.step();
      situation.pass(Duration.ofDays(60));
      assertThat(situation.plan()).isEqualTo(Plan.Wait.IDLE);
    }
  }
}
