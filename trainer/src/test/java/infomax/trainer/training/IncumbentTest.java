package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.LiveAlias;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A candidate is compared with the encoder it would replace, live or about to be. */
class IncumbentTest {

  private static final Instant NOW = Instant.EPOCH;

  private final ControlState oneLive =
      ControlState.EMPTY
          .with(release(1, Verdict.ACCEPTED))
          .with(generation(1, 1, GenerationState.BUILDING).entered(GenerationState.LIVE, NOW, ""))
          .with(live(1, Set.of()));

  @Test
  void thereIsNoneBeforeAnythingIsAccepted() {
    assertThat(Incumbent.of(ControlState.EMPTY)).isEmpty();
    assertThat(Incumbent.of(ControlState.EMPTY.with(release(1, Verdict.REJECTED)))).isEmpty();
  }

  @Test
  void withoutAnotherItIsTheLiveEncoder() {
    assertThat(Incumbent.of(oneLive.with(release(2, Verdict.REJECTED))).orElseThrow())
        .returns(1, incumbent -> incumbent.release().version())
        .returns("live", Incumbent::name);
  }

  @Test
  void anAcceptedReleaseThatIsNotLiveYetCountsBeforeTheLiveOne() {
    ControlState accepted = oneLive.with(release(2, Verdict.ACCEPTED));
    assertThat(Incumbent.of(accepted).orElseThrow())
        .returns(2, incumbent -> incumbent.release().version())
        .returns("encoder 2", Incumbent::name);
    assertThat(version(accepted.with(generation(2, 2, GenerationState.BUILDING)))).isEqualTo(2);
    assertThat(version(accepted.with(release(3, Verdict.ACCEPTED)))).isEqualTo(3);
  }

  @Test
  void oneThatFailedOnTheWayWasBarredOrWasRolledBackDoesNotCount() {
    ControlState accepted = oneLive.with(release(2, Verdict.ACCEPTED));
    IndexGeneration building = generation(2, 2, GenerationState.BUILDING);
    assertThat(version(accepted.with(building.failed(FailureCause.RECALL_TOO_LOW, NOW, ""))))
        .isEqualTo(1);
    assertThat(version(accepted.with(live(1, Set.of(2))))).isEqualTo(1);
    assertThat(
            version(
                accepted.with(
                    building
                        .entered(GenerationState.LIVE, NOW, "")
                        .entered(GenerationState.STANDBY, NOW, ""))))
        .isEqualTo(1);
  }

  private static int version(ControlState state) {
    return Incumbent.of(state).orElseThrow().release().version();
  }

  private static LiveAlias live(int generation, Set<Integer> barred) {
    return new LiveAlias(generation, null, NOW, true, new TreeSet<>(barred), "test");
  }

  private static IndexGeneration generation(int number, int encoder, GenerationState state) {
    return new IndexGeneration(
        number,
        encoder,
        Digest.of(new byte[] {(byte) encoder}),
        8,
        "topic-id",
        12,
        IndexParameters.DEFAULT,
        IndexOverrides.NONE,
        null,
        state,
        List.of(new IndexGeneration.Transition(state, NOW, "test")),
        null,
        null,
        null);
  }

  private static EncoderRelease release(int version, Verdict verdict) {
    return new EncoderRelease(
        version,
        Digest.of(new byte[] {(byte) version}),
        10,
        32,
        8,
        1,
        verdict,
        List.of(),
        "seed",
        1,
        Map.of(),
        null,
        null,
        null,
        List.of(),
        Map.of(),
        NOW);
  }
}
