package infomax.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.statistics.VectorSet;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The gate lets nothing worse through and says in a sentence why. */
class GateTest {

  private static final Spread HEALTHY = new Spread(true, 20, 0.1, 0, 0.5, 1, 1.5);

  private final Gate gate = new Gate(1);

  @Test
  void aBetterCandidateIsAccepted() {
    Gate.Ruling ruling =
        gate.judge(
            scores("candidate", 0.35, HEALTHY),
            scores("random-weights", 0.25, HEALTHY),
            Optional.of(scores("live", 0.30, HEALTHY)));

    assertThat(ruling.accepted()).isTrue();
    assertThat(ruling.reasons())
        .hasSize(2)
        .anySatisfy(
            reason -> assertThat(reason).startsWith("beats random weights on 500 held-out images"))
        .anySatisfy(reason -> assertThat(reason).startsWith("is not worse than the live encoder"));
  }

  @Test
  void oneThatIsToGoLiveIsNamed() {
    Gate.Ruling ruling =
        gate.judge(
            scores("candidate", 0.30, HEALTHY),
            scores("random-weights", 0.25, HEALTHY),
            Optional.of(scores("encoder 2", 0.40, HEALTHY)));

    assertThat(ruling.accepted()).isFalse();
    assertThat(ruling.reasons().getLast())
        .startsWith("may be worse than encoder 2, which is to go live: ");
  }

  @Test
  void theFirstCandidateOnlyHasToBeatRandomWeights() {
    Gate.Ruling ruling =
        gate.judge(
            scores("candidate", 0.26, HEALTHY),
            scores("random-weights", 0.25, HEALTHY),
            Optional.empty());

    assertThat(ruling.accepted()).isTrue();
    assertThat(ruling.reasons()).hasSize(1);
  }

  @Test
  void aCandidateNoBetterThanRandomWeightsIsRejected() {
    EncoderScores random = scores("random-weights", 0.25, HEALTHY);

    Gate.Ruling ruling =
        gate.judge(random.named("candidate"), random, Optional.of(random.named("live")));

    assertThat(ruling.accepted()).isFalse();
    assertThat(ruling.reasons().getFirst()).startsWith("does not beat random weights");
  }

  @Test
  void whatIsForcedIsAcceptedAndSaysByWhomUnlessItIsBroken() {
    EncoderScores random = scores("random-weights", 0.25, HEALTHY);
    Gate.Ruling rejected = gate.judge(random.named("candidate"), random, Optional.empty());
    assertThat(rejected.forced("ann: a demo").accepted()).isTrue();
    assertThat(rejected.forced("ann: a demo").reasons())
        .containsAll(rejected.reasons())
        .last()
        .isEqualTo("is forced by ann: a demo");

    Spread spread = Spread.of(VectorSet.of(new float[] {1, Float.NaN, 2, 3, 4, 5}, 3, 2));
    Gate.Ruling broken = gate.judge(scores("candidate", 0.9, spread), random, Optional.empty());
    assertThat(broken.forced("ann: a demo").accepted()).isFalse();
    assertThat(broken.forced("ann: a demo").reasons().getLast()).contains("cannot be forced");
  }

  @Test
  void aCandidateThatMayBeWorseThanTheLiveEncoderIsRejected() {
    Gate.Ruling ruling =
        gate.judge(
            scores("candidate", 0.30, HEALTHY),
            scores("random-weights", 0.25, HEALTHY),
            Optional.of(scores("live", 0.33, HEALTHY)));

    assertThat(ruling.accepted()).isFalse();
    assertThat(ruling.reasons().get(1)).startsWith("may be worse than the live encoder");
  }

  @Test
  void aDivergedNetworkIsRejectedForNotBeingFinite() {
    Spread spread = Spread.of(VectorSet.of(new float[] {1, Float.NaN, 2, 3, 4, 5}, 3, 2));

    Gate.Ruling ruling =
        gate.judge(
            scores("candidate", 0.9, spread),
            scores("random-weights", 0.25, HEALTHY),
            Optional.empty());

    assertThat(ruling.accepted()).isFalse();
    assertThat(ruling.reasons().getFirst()).contains("not finite").contains("diverged");
  }

  @Test
  void aCollapsedNetworkIsRejectedForCollapse() {
    Random random = new Random(4);
    VectorSet line =
        VectorSet.filled(
            300,
            16,
            (row, target, offset) -> Arrays.fill(target, offset, offset + 16, random.nextFloat()));
    VectorSet point =
        VectorSet.filled(
            300,
            16,
            (row, target, offset) -> {
              for (int d = 0; d < 16; d++) {
                target[offset + d] = 10 + 0.01f * random.nextFloat();
              }
            });

    for (VectorSet collapsed : new VectorSet[] {line, point}) {
      Gate.Ruling ruling =
          gate.judge(
              scores("candidate", 0.9, Spread.of(collapsed)),
              scores("random-weights", 0.25, HEALTHY),
              Optional.empty());
      assertThat(ruling.accepted()).isFalse();
      assertThat(ruling.reasons()).hasSize(1);
      assertThat(ruling.reasons().getFirst()).startsWith("has collapsed");
    }
  }

  @Test
  void withoutLabelsTheFigureIsOwnViewHitAt1() {
    EncoderScores candidate = unlabelled("candidate", 0.6);
    EncoderScores random = unlabelled("random-weights", 0.5);

    Gate.Ruling ruling = gate.judge(candidate, random, Optional.of(random.named("live")));

    assertThat(ruling.accepted()).isTrue();
    assertThat(ruling.reasons().getFirst()).contains("own-view hit@1 0.600 against 0.500");
  }

  @Test
  void thePairedIntervalIsRepeatableAndCoversTheMean() {
    QueryScores better = spreadScores(0.35, 7);
    QueryScores worse = spreadScores(0.30, 8);

    PairedInterval interval = PairedInterval.of(better, worse, 3);

    assertThat(interval).isEqualTo(PairedInterval.of(better, worse, 3));
    assertThat(interval.mean()).isEqualTo(better.mean() - worse.mean(), within(1e-9));
    assertThat(interval.lower()).isLessThan(interval.mean());
    assertThat(interval.upper()).isGreaterThan(interval.mean());
    // Differences have a standard deviation of 0.082: 2 x 1.96 x 0.082 / sqrt(500) = 0.0143.
    assertThat(interval.upper() - interval.lower()).isBetween(0.012, 0.017);
  }

  private static EncoderScores scores(String name, double mean, Spread spread) {
    QueryScores scores = spreadScores(mean, 1);
    return new EncoderScores(
        name, Optional.of(scores), Optional.of(scores), scores, spread, Map.of());
  }

  private static EncoderScores unlabelled(String name, double share) {
    float[] hits = new float[500];
    Arrays.fill(hits, 0, (int) Math.round(share * hits.length), 1);
    return new EncoderScores(
        name, Optional.empty(), Optional.empty(), QueryScores.of(hits), HEALTHY, Map.of());
  }

  /** Scores of 500 queries, multiples of a tenth, shifted alike for equal seeds. */
  private static QueryScores spreadScores(double mean, long seed) {
    Random random = new Random(seed);
    float[] scores = new float[500];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) Math.clamp(mean + 0.2 * (random.nextDouble() - 0.5), 0.0, 1.0);
    }
    return QueryScores.of(scores);
  }
}
