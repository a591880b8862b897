package infomax.indexer.rollout.decision;

import static infomax.indexer.rollout.decision.Situation.POLICY;
import static infomax.indexer.rollout.decision.Situation.release;
import static infomax.indexer.rollout.decision.Situation.request;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Indexing is paused and resumed as operators ask, and no roll suffers from it. */
class PauseTest {

  private final Situation situation = Situation.firstLive();

  private ControlRequest ask(String id, Kind kind) {
    situation.with(request(id, kind, situation.now, null)).step();
    return situation.state.requests().get(id);
  }

  @Test
  void aPauseHoldsFromTheOneRequestToTheOther() {
    ControlRequest paused = ask("p", Kind.PAUSE);
    assertThat(paused.status()).isEqualTo(Status.DONE);
    assertThat(paused.outcome()).isEqualTo("indexing is paused");
    assertThat(situation.state.isPaused()).isTrue();
    assertThat(situation.state.pause().who()).isEqualTo("tester");
    assertThat(situation.state.pause().why()).isEqualTo("a test");
    assertThat(ask("again", Kind.PAUSE).outcome()).contains("paused already");
    situation.pass(Duration.ofMinutes(20));
    assertThat(ask("r", Kind.RESUME).outcome()).isEqualTo("indexing goes on after PT20M");
    assertThat(situation.state.isPaused()).isFalse();
    assertThat(ask("s", Kind.RESUME).outcome()).isEqualTo("indexing is not paused");
  }

  @Test
  void nobodyHasToBeLive() {
    Situation empty = new Situation();
    empty.with(request("p", Kind.PAUSE, empty.now, null)).step();
    assertThat(empty.state.isPaused()).isTrue();
    assertThat(empty.with(release(0, Verdict.UNTRAINED)).plan()).isInstanceOf(Plan.Wait.class);
    assertThat(empty.state.generations()).isEmpty();
  }

  @Test
  void noRollGoesOnAndNoDeadlineIsMissed() {
    situation.with(release(1, Verdict.ACCEPTED)).step();
    situation.publish(2, 1000).step();
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.CAUGHT_UP);
    ask("p", Kind.PAUSE);
    situation.pass(POLICY.stepDeadline().multipliedBy(10));
    assertThat(((Plan.Wait) situation.plan()).reason())
        .startsWith("indexing is paused since")
        .endsWith("(tester: a test)");
    ask("r", Kind.RESUME);
    assertThat(situation.plan()).isInstanceOf(Plan.Verify.class);
    situation.step();
    situation.verificationPasses(2);
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.VERIFIED);
    situation.pass(POLICY.listening());
    assertThat(situation.plan()).as("replicas have a whole deadline").isInstanceOf(Plan.Wait.class);
    situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
  }

  @Test
  void aSuccessorKnowsThatItIsPaused() {
    situation.with(release(1, Verdict.ACCEPTED));
    ask("p", Kind.PAUSE);
    Situation successor = new Situation();
    successor.state = situation.state;
    successor.now = situation.now.plus(Duration.ofDays(1));
    successor.actingSince = successor.now;
    assertThat(successor.plan()).isInstanceOf(Plan.Wait.class);
    successor.with(request("r", Kind.RESUME, successor.now, null)).step();
    successor.step();
    assertThat(successor.stateOf(2)).isEqualTo(GenerationState.BUILDING);
  }

  @Test
  void aRollbackIsExecutedWhileItIsPaused() {
    situation.with(release(1, Verdict.ACCEPTED));
    situation.roll(2);
    ask("p", Kind.PAUSE);
    assertThat(ask("b", Kind.ROLLBACK).status()).isEqualTo(Status.DONE);
    assertThat(situation.state.alias().generation()).isEqualTo(1);
  }

  @Test
  void aPauseOutlivesTheKeysOfItsRequests() {
    ask("p", Kind.PAUSE);
    situation.pass(Duration.ofDays(40)).step();
    assertThat(situation.state.requests()).isEmpty();
    assertThat(situation.state.isPaused()).isTrue();
  }

  @Test
  void aRequestThatNobodyExecutedInTimeDoesNotPause() {
    situation.with(request("p", Kind.PAUSE, situation.now, null));
    situation.pass(Duration.ofMinutes(2)).step();
    assertThat(situation.state.requests().get("p").status()).isEqualTo(Status.EXPIRED);
    assertThat(situation.state.isPaused()).isFalse();
  }
}
