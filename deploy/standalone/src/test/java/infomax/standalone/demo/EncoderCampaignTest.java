package infomax.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.standalone.client.ApiClient;
import infomax.trainer.training.TrainingRun;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the demo asks for next, whatever came of what it asked for before. */
final class EncoderCampaignTest {

  private static final Instant NOW = Instant.EPOCH;

  /** Trainings asked for: {@code asked-1}, {@code asked-2} and so on. */
  private final AtomicInteger asked = new AtomicInteger();

  private final HttpServer server =
      HttpServer.start(
          0,
          new Health(),
          new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
          List.of(
              routes ->
                  routes.post(
                      "/v1/trainings",
                      context ->
                          context
                              .status(202)
                              .result("{\"id\":\"asked-" + asked.incrementAndGet() + "\"}"))));

  private final ApiClient api = new ApiClient(URI.create("http://localhost:" + server.port()));

  private final EncoderCampaign campaign =
      new EncoderCampaign(
          api,
          new DemoOptions(
              Optional.empty(), false, 1, 1, 32, 10, 100, false, Optional.empty(), false, 0),
          new Narrator(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
              false,
              0));

  @AfterEach
  void close() {
    api.close();
    server.close();
  }

  @Test
  void aCancelledTrainingIsToldOnceAndTheNextOneWaitsForItsImages() throws Exception {
    campaign.advance(ControlState.EMPTY, true);
    ControlState cancelled =
        ControlState.EMPTY.with(request("asked-1", "demo", Status.FAILED, "was cancelled by ann"));
    campaign.advance(cancelled, true);

    assertThat(campaign.takeSetback())
        .contains("no encoder came of the training: was cancelled by ann");
    assertThat(campaign.takeSetback()).isEmpty();
    campaign.advance(cancelled, false);
    assertThat(asked).hasValue(1);
    campaign.advance(cancelled, true);
    assertThat(asked).hasValue(2);
  }

  @Test
  void whatOthersAskedForIsLeftAlone() throws Exception {
    ControlState others = ControlState.EMPTY.with(request("theirs", "ann", Status.RUNNING, ""));
    campaign.advance(others, true);
    assertThat(asked).hasValue(1);

    campaign.advance(
        others.with(request("theirs", "ann", Status.FAILED, "was cancelled by ann")), true);
    assertThat(campaign.takeSetback()).isEmpty();
  }

  @Test
  void anIndexThatFailedIsToldOnceAndNothingIsAskedForBeforeThatIsTaken() throws Exception {
    ControlState failed =
        ControlState.EMPTY
            .with(release(1, Verdict.ACCEPTED, "before"))
            .with(
                generation(1, 1, GenerationState.BUILDING)
                    .failed(FailureCause.RECALL_TOO_LOW, NOW, "recall is 0.5"));
    campaign.advance(failed, true);

    assertThat(asked).hasValue(0);
    assertThat(campaign.takeSetback()).contains("the index of encoder 1 failed: recall is 0.5");
    campaign.advance(failed, false);
    assertThat(campaign.takeSetback()).isEmpty();
    campaign.advance(failed, true);
    assertThat(asked).hasValue(1);
  }

  @Test
  void rejectionsAreCountedAnewWhenAnEncoderGoesLive() throws Exception {
    ControlState state = ControlState.EMPTY;
    campaign.advance(state, true);
    for (int version = 1; version <= 3; version++) {
      String id = "asked-" + version;
      state =
          state
              .with(request(id, "demo", Status.DONE, ""))
              .with(release(version, Verdict.REJECTED, id))
              // Of another request, and newer.
              .with(release(version + 10, Verdict.REJECTED, "theirs"));
      campaign.advance(state, true);
    }
    assertThat(campaign.gaveUp()).isTrue();
    assertThat(asked).hasValue(3);

    campaign.advance(
        state
            .with(release(20, Verdict.ACCEPTED, "theirs"))
            .with(generation(1, 20, GenerationState.LIVE)),
        true);
    assertThat(campaign.gaveUp()).isFalse();
    assertThat(asked).hasValue(4);
  }

  private static ControlRequest request(String id, String who, Status status, String outcome) {
    return new ControlRequest(id, Kind.TRAIN, Map.of(), who, "test", NOW, NOW, status, outcome);
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

  private static EncoderRelease release(int version, Verdict verdict, String request) {
    return new EncoderRelease(
        version,
        Digest.of(new byte[] {(byte) version}),
        10,
        32,
        8,
        1,
        verdict,
        List.of(),
        "default",
        1,
        Map.of(TrainingRun.REQUEST, request),
        null,
        null,
        null,
        List.of(),
        Map.of(),
        NOW);
  }
}
