package infomax.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.release.UntrainedEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One request at a time: the interrupted one first, then the oldest; none is executed twice. */
class NextDutyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void theOldestPendingRequestComesFirst() {
    ControlState state =
        ControlState.EMPTY
            .with(request("a", Status.PENDING, 10))
            .with(request("b", Status.PENDING, 20))
            .with(request("c", Status.DONE, 30));

    assertThat(NextDuty.of(state, NOW)).contains(new NextDuty.Train(state.requests().get("b")));
  }

  @Test
  void anInterruptedRequestComesBeforeOlderPendingOnes() {
    ControlState state =
        ControlState.EMPTY
            .with(request("a", Status.RUNNING, 10))
            .with(request("b", Status.PENDING, 20));

    assertThat(NextDuty.of(state, NOW)).contains(new NextDuty.Train(state.requests().get("a")));
  }

  @Test
  void aRequestThatNobodyBeganInTimeExpiresButARunningOneDoesNot() {
    ControlState pending = ControlState.EMPTY.with(request("a", Status.PENDING, 7_200));
    ControlState running = ControlState.EMPTY.with(request("a", Status.RUNNING, 7_200));

    assertThat(NextDuty.of(pending, NOW).orElseThrow()).isInstanceOf(NextDuty.Expire.class);
    assertThat(NextDuty.of(running, NOW).orElseThrow()).isInstanceOf(NextDuty.Train.class);
  }

  @Test
  void aRequestWithAReleaseIsOnlyConcluded() {
    ControlState state =
        ControlState.EMPTY.with(request("a", Status.RUNNING, 10)).with(releaseFor("a"));

    assertThat(NextDuty.of(state, NOW).orElseThrow()).isInstanceOf(NextDuty.Conclude.class);
  }

  @Test
  void whatIsToEndComesFirstAndFindsOnlyWhatHasNotEnded() {
    ControlState state =
        ControlState.EMPTY
            .with(request("a", Status.RUNNING, 10))
            .with(request("b", Status.DONE, 20))
            .with(cancel("c", "a"));
    ControlRequest running = state.requests().get("a");
    assertThat(NextDuty.of(state, NOW))
        .contains(new NextDuty.Cancel(state.requests().get("c"), Optional.of(running)));
    assertThat(NextDuty.cancelOf(running, state)).contains(state.requests().get("c"));

    ControlState late =
        ControlState.EMPTY.with(request("b", Status.DONE, 20)).with(cancel("c", "b"));
    assertThat(NextDuty.of(late, NOW))
        .contains(new NextDuty.Cancel(late.requests().get("c"), Optional.empty()));
    ControlState published = state.with(releaseFor("a"));
    assertThat(NextDuty.of(published, NOW))
        .contains(new NextDuty.Cancel(published.requests().get("c"), Optional.empty()));
  }

  @Test
  void nothingIsToDoWithoutAnOpenTrainingRequest() {
    ControlState state =
        ControlState.EMPTY.with(request("a", Status.FAILED, 10)).with(releaseFor("b"));

    assertThat(NextDuty.of(state, NOW)).isEmpty();
  }

  private static ControlRequest cancel(String id, String training) {
    return new ControlRequest(
        id,
        Kind.CANCEL,
        Map.of(ControlRequest.REQUEST, training),
        "test",
        "test",
        NOW,
        NOW.plus(Duration.ofHours(1)),
        Status.PENDING,
        "");
  }

  private static ControlRequest request(String id, Status status, long ageSeconds) {
    Instant created = NOW.minusSeconds(ageSeconds);
    return new ControlRequest(
        id,
        Kind.TRAIN,
        Map.of(),
        "test",
        "test",
        created,
        created.plus(Duration.ofHours(1)),
        status,
        "");
  }

  private static EncoderRelease releaseFor(String request) {
    NetworkShape shape = new NetworkShape(32, 16);
    EncoderRelease untrained =
        UntrainedEncoder.release(shape, 1, UntrainedEncoder.onnx(shape, 1), Map.of(), NOW);
    Map<String, String> configuration = new HashMap<>(untrained.configuration());
    configuration.put("request", request);
    return new EncoderRelease(
        1,
        untrained.onnx(),
        untrained.onnxBytes(),
        untrained.inputSize(),
        untrained.dimensions(),
        untrained.pixelPipeline(),
        EncoderRelease.Verdict.REJECTED,
        untrained.reasons(),
        "default",
        1,
        configuration,
        null,
        null,
        null,
        untrained.evaluation(),
        untrained.artifacts(),
        NOW);
  }
}
