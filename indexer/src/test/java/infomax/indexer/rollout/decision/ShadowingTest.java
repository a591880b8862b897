package infomax.indexer.rollout.decision;

import static infomax.indexer.rollout.decision.Situation.release;
import static infomax.indexer.rollout.decision.Situation.request;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.ShadowComparison;
import infomax.events.control.ShadowComparison.Figures;
import infomax.events.control.ShadowComparison.Latency;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a candidate waits to be compared on live queries, and what is kept of it. */
class ShadowingTest {

  private static final RolloutPolicy POLICY =
      Situation.POLICY.comparingWithin(Duration.ofSeconds(30));

  private final Situation situation = new Situation(POLICY);

  /** Generation 1 is live; generation 2 is verified and loaded by the one replica. */
  @BeforeEach
  void verified() {
    situation.with(release(0, Verdict.UNTRAINED));
    situation.roll(1);
    situation.with(release(1, Verdict.ACCEPTED)).step();
    situation.publish(2, 1000);
    situation.step();
    situation.step();
    situation.step();
    situation.verificationPasses(2);
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.VERIFIED);
    situation.replica("a", Map.of(1, 1000L, 2, 1000L), 1000L);
    situation.shadows.put(2, new ShadowStatus(situation.now, Map.of()));
    situation.pass(POLICY.listening());
  }

  @Test
  void theVeryFirstIsComparedWithNothing() {
    assertThat(situation.generation(1).shadow()).isNull();
    assertThat(situation.stateOf(1)).isEqualTo(GenerationState.LIVE);
  }

  @Test
  void whatIsFoundIsKeptBeforeItGoesLive() {
    assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    said("a", 40, 1);
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.VERIFIED);
    assertThat(situation.generation(2).shadow().queries()).isEqualTo(40);
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
    assertThat(situation.generation(2).shadow().queries()).isEqualTo(40);
  }

  @Test
  void whatIsFoundDecidesNothing() {
    said("a", 40, 1, 0);
    situation.step();
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
  }

  @Test
  void everyReplicaIsWaitedForAndTheOneWithMostQueriesIsKept() {
    situation.replica("b", Map.of(1, 1000L, 2, 1000L), 1000L);
    said("a", 5, 1);
    assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    said("b", 50, 1);
    situation.step();
    assertThat(situation.generation(2).shadow().replica()).isEqualTo("b");
  }

  @Test
  void withoutQueriesItGoesOnAtOnceAndSaysSo() {
    said("a", 0, 1);
    situation.step();
    assertThat(situation.generation(2).shadow().figures()).isNull();
    assertThat(situation.generation(2).shadow().detail()).isEqualTo("no query was made");
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
  }

  @Test
  void whereNoReplicaComparesItGoesOnAfterTheDeadlineAndSaysSo() {
    situation.pass(Duration.ofSeconds(30)).step();
    ShadowComparison none = situation.generation(2).shadow();
    assertThat(none.figures()).isNull();
    assertThat(none.detail()).isEqualTo("no search replica compared within PT30S");
    situation.step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
  }

  @Test
  void whatSomeReplicasFoundIsKeptAfterTheDeadline() {
    situation.replica("b", Map.of(1, 1000L, 2, 1000L), 1000L);
    said("a", 5, 1);
    situation.pass(Duration.ofSeconds(30)).step();
    assertThat(situation.generation(2).shadow().queries()).isEqualTo(5);
  }

  /** Its predecessor may have waited long, and nobody listened meanwhile. */
  @Test
  void aSuccessorWaitsForAWholeDeadlineAgain() {
    situation.pass(Duration.ofHours(1));
    situation.actingSince = situation.now;
    situation.pass(POLICY.listening());
    assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    said("a", 40, 1);
    situation.step();
    assertThat(situation.generation(2).shadow().queries()).isEqualTo(40);
  }

  @Test
  void aSuccessorDoesNotCompareAgainWhatIsWrittenDown() {
    said("a", 40, 1);
    situation.step();
    situation.shadows.clear();
    situation.actingSince = situation.now;
    situation.pass(POLICY.listening()).step();
    assertThat(situation.stateOf(2)).isEqualTo(GenerationState.LIVE);
  }

  @Test
  void aComparisonWithWhatIsNoLongerLiveDoesNotCount() {
    said("a", 40, 99);
    assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
    situation.pass(Duration.ofSeconds(30)).step();
    assertThat(situation.generation(2).shadow().figures()).isNull();
    assertThat(situation.generation(2).shadow().live()).isEqualTo(1);
  }

  /** Then the operator who resumes rolls knows what comes. */
  @Test
  void itIsComparedWhileAutomaticRollsArePaused() {
    said("a", 40, 1);
    situation.step();
    situation.step();
    situation.shadows.clear();
    situation.with(release(2, Verdict.ACCEPTED)).step();
    situation.publish(3, 1000).step();
    situation.step();
    situation.step();
    situation.verificationPasses(3);
    situation.step();
    situation.with(request("r", Kind.ROLLBACK, situation.now, null)).step();
    assertThat(situation.state.alias().automaticRolls()).isFalse();
    situation.replica("a", Map.of(1, 1000L, 2, 1000L, 3, 1000L), 1000L);
    situation.pass(POLICY.listening());
    said("a", 3, 30, 1, 1);
    situation.step();
    assertThat(situation.generation(3).shadow().live()).isEqualTo(1);
    assertThat(situation.generation(3).shadow().queries()).isEqualTo(30);
    situation.pass(Duration.ofDays(1));
    assertThat(situation.plan()).isInstanceOf(Plan.Wait.class);
  }

  @Test
  void itIsNotWaitedForWhereItIsTurnedOff() {
    Situation off = Situation.firstLive().with(release(1, Verdict.ACCEPTED));
    off.roll(2);
    assertThat(off.generation(2).shadow()).isNull();
  }

  private void said(String replica, int queries, int live) {
    said(replica, 2, queries, live, 0.7);
  }

  private void said(String replica, int queries, int live, double overlap) {
    said(replica, 2, queries, live, overlap);
  }

  private void said(String replica, int candidate, int queries, int live, double overlap) {
    ShadowStatus before =
        situation.shadows.getOrDefault(candidate, new ShadowStatus(Instant.MIN, Map.of()));
    Map<String, ShadowComparison> heard = new HashMap<>(before.byReplica());
    heard.put(
        replica,
        queries == 0
            ? ShadowComparison.none(live, replica, situation.now, "no query was made")
            : new ShadowComparison(
                live,
                replica,
                situation.now,
                queries,
                new Figures(overlap, overlap, new Latency(1, 2), new Latency(3, 4)),
                queries + " queries"));
    situation.shadows.put(candidate, new ShadowStatus(before.since(), heard));
  }
}
