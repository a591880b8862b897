package infomax.events.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.Positions;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease.EvaluationRow;
import infomax.events.control.EncoderRelease.SnapshotSummary;
import infomax.events.control.EncoderRelease.TrainingSummary;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.IndexGeneration.Transition;
import infomax.events.control.IndexGeneration.Verification;
import infomax.events.control.ShadowComparison.Figures;
import infomax.events.control.ShadowComparison.Latency;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ControlStateTest {

  private static final Digest DIGEST = Digest.of("onnx".getBytes(StandardCharsets.UTF_8));
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  static final EncoderRelease RELEASE =
      new EncoderRelease(
          1,
          DIGEST,
          4_700_000,
          32,
          256,
          1,
          Verdict.ACCEPTED,
          List.of("precision@10 0.41 beats random weights by 0.09"),
          "default",
          7,
          Map.of("batch", "64"),
          null,
          new TrainingSummary(40_000, 625, 80.5, 496.9, 3.2, 1.4),
          new SnapshotSummary(DIGEST, 5_000, 1_000, Positions.ofOffsets(Map.of(0, 400L))),
          List.of(new EvaluationRow("candidate", Map.of("precisionAt10Cosine", 0.41))),
          Map.of("golden", DIGEST),
          NOW,
          new Int8Variant(
              Digest.of(new byte[] {8}), 1_800_000, DIGEST, 0.99, 0.9999, "agrees with float32"));

  static final IndexGeneration GENERATION =
      new IndexGeneration(
              2,
              1,
              DIGEST,
              256,
              "tZ2uGLK9SlW4fF0eW3v7qQ",
              12,
              new IndexParameters(1, 16, 100, VectorFormat.INT8),
              new IndexOverrides(null, null, null, VectorFormat.INT8),
              "r-2",
              GenerationState.BUILDING,
              List.of(new Transition(GenerationState.BUILDING, NOW, "release 1 was accepted")),
              null,
              null,
              null)
          .withTarget(Positions.ofOffsets(Map.of(0, 500L)))
          .withVerification(new Verification(true, 4_990, 0.998, 1.0, "equal at the target"))
          .entered(GenerationState.VERIFIED, NOW.plusSeconds(9), "equal to generation 1")
          .withShadow(
              new ShadowComparison(
                  1,
                  "search-1",
                  NOW.plusSeconds(10),
                  80,
                  new Figures(0.7, 0.75, new Latency(1.5, 4.25), new Latency(1.75, 5)),
                  "80 recent queries"))
          .waitingFor("waits for approval");

  static final LiveAlias ALIAS =
      new LiveAlias(2, 1, NOW, true, new TreeSet<>(List.of(3)), "verified and loaded");

  static final IndexingPause PAUSE = new IndexingPause(true, NOW, "ann", "the store is moved");

  static final ControlRequest REQUEST =
      new ControlRequest(
          "r-1",
          Kind.ROLLBACK,
          Map.of(),
          "ann",
          "worse answers",
          NOW,
          NOW.plusSeconds(600),
          Status.PENDING,
          "");

  /** Releases older than int8 files have none. */
  @Test
  void aReleaseWithoutInt8IsServedWithTheFileItHas() throws IOException {
    ObjectNode json = (ObjectNode) Json.mapper().readTree(Json.write(RELEASE));
    json.remove("int8");

    EncoderRelease old = Json.read(Json.mapper().writeValueAsBytes(json), EncoderRelease.class);

    assertThat(old.int8()).isNull();
    assertThat(old.file(ServedPrecision.INT8)).isEqualTo(old.onnx());
    assertThat(old.precisionOf(old.onnx())).contains(ServedPrecision.FLOAT32);
    assertThat(RELEASE.file(ServedPrecision.INT8)).isNotEqualTo(RELEASE.onnx());
    assertThat(RELEASE.precisionOf(RELEASE.file(ServedPrecision.INT8)))
        .contains(ServedPrecision.INT8);
    assertThat(RELEASE.precisionOf(Digest.of(new byte[] {9}))).isEmpty();
    assertThat(RELEASE.objects()).containsKeys("onnx", "onnx-int8", "golden", "golden-int8");
  }

  /** The recorded values are what other versions wrote: they have to stay readable. */
  @Test
  void recordedValuesAreReadAndWrittenUnchanged() throws IOException {
    for (ControlEvent event : List.of(RELEASE, GENERATION, ALIAS, REQUEST, PAUSE)) {
      String name = event.getClass().getSimpleName() + ".json";
      try (InputStream recorded = getClass().getResourceAsStream("/infomax/events/wire/" + name)) {
        assertThat(recorded).describedAs(name).isNotNull();
        byte[] json = recorded.readAllBytes();
        assertThat(ControlCodec.read(event.key(), json)).contains(event);
        assertThat(Json.mapper().readTree(Json.write(event)))
            .isEqualTo(Json.mapper().readTree(json));
      }
    }
  }

  /** Generations older than index parameters have the default ones, but for what they say. */
  @Test
  void aGenerationWithoutIndexParametersHasTheDefaults() throws IOException {
    IndexGeneration old = wire("IndexGeneration-before-parameters.json");
    assertThat(old.index()).isEqualTo(IndexParameters.DEFAULT);
    assertThat(old.overrides()).isEqualTo(IndexOverrides.NONE);
    assertThat(old.request()).isNull();
    assertThat(old.history()).isEqualTo(GENERATION.history());
    assertThat(old.shadow()).isNull();
    assertThat(old.waitsFor()).isNull();

    ObjectNode json = (ObjectNode) Json.mapper().readTree(Json.write(GENERATION));
    json.remove("index");
    json.put("maxConn", 24).put("beamWidth", 200);
    assertThat(Json.read(Json.mapper().writeValueAsBytes(json), IndexGeneration.class).index())
        .isEqualTo(new IndexParameters(1, 24, 200, VectorFormat.FLOAT32));
  }

  @Test
  void whatIsAskedForSurvivesARequest() {
    IndexOverrides asked = new IndexOverrides(null, 24, null, VectorFormat.INT8);
    assertThat(IndexOverrides.of(asked.asParameters())).isEqualTo(asked);
    assertThat(asked.on(IndexParameters.DEFAULT))
        .isEqualTo(new IndexParameters(1, 24, 100, VectorFormat.INT8));
    assertThatThrownBy(() -> IndexOverrides.of(Map.of("maxConn", "many")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxConn is 'many', expected a whole number");
    assertThatThrownBy(() -> IndexOverrides.of(Map.of("vectorFormat", "int4")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vectorFormat is 'int4', expected float32 or int8");
  }

  @Test
  void refusesWhatNoIndexShouldHave() {
    assertThat(IndexParameters.DEFAULT.refusal(12)).isEmpty();
    assertThat(refusal(5, 16, 100)).isEqualTo("shards is 5, expected one of 1, 2, 3, 4, 6, 12");
    assertThat(refusal(1, 3, 100)).isEqualTo("maxConn is 3, expected 4 to 128");
    assertThat(refusal(1, 129, 200)).isEqualTo("maxConn is 129, expected 4 to 128");
    assertThat(refusal(1, 16, 15))
        .isEqualTo("beamWidth is 15, expected maxConn, which is 16, to 1000");
    assertThat(refusal(1, 16, 1001)).contains("beamWidth is 1001");
  }

  private static String refusal(int shards, int maxConn, int beamWidth) {
    return new IndexParameters(shards, maxConn, beamWidth, VectorFormat.FLOAT32)
        .refusal(12)
        .orElseThrow()
        .sentence();
  }

  private IndexGeneration wire(String name) throws IOException {
    try (InputStream recorded = getClass().getResourceAsStream("/infomax/events/wire/" + name)) {
      assertThat(recorded).describedAs(name).isNotNull();
      return Json.read(recorded.readAllBytes(), IndexGeneration.class);
    }
  }

  @Test
  void foldsToTheNewestValueOfEveryKey() {
    ControlState state =
        ControlState.EMPTY.with(RELEASE).with(GENERATION).with(ALIAS).with(REQUEST);
    assertThat(state.live()).contains(GENERATION);
    assertThat(state.open(Kind.ROLLBACK)).containsExactly(REQUEST);
    ControlState later = state.with(REQUEST.as(Status.DONE, "done")).without("encoder/1");
    assertThat(later.open(Kind.ROLLBACK)).isEmpty();
    assertThat(later.encoders()).isEmpty();
    assertThat(state.encoders()).hasSize(1);
    assertThat(later.without("something/else")).isEqualTo(later);
    assertThat(later.without(LiveAlias.KEY).alias()).isNull();
  }

  @Test
  void aPauseHoldsUntilTheNextWordOrUntilItsKeyEnds() {
    ControlState paused = ControlState.EMPTY.with(PAUSE);
    assertThat(ControlState.EMPTY.isPaused()).isFalse();
    assertThat(paused.isPaused()).isTrue();
    assertThat(paused.with(RELEASE).without("request/r-9").isPaused()).isTrue();
    assertThat(paused.with(new IndexingPause(false, NOW, "ann", "moved")).isPaused()).isFalse();
    assertThat(paused.without(IndexingPause.KEY).pause()).isNull();
  }

  /** What it waited for is over with the next step; what was compared stays known. */
  @Test
  void aStepEndsWhatAGenerationWaitsFor() {
    IndexGeneration live = GENERATION.entered(GenerationState.LIVE, NOW, "approved");
    assertThat(live.waitsFor()).isNull();
    assertThat(live.shadow()).isEqualTo(GENERATION.shadow());
    assertThat(GENERATION.failed(FailureCause.NOT_WANTED, NOW, "rejected").waitsFor()).isNull();
  }

  @Test
  void aComparisonHasFiguresExactlyIfThereWereQueries() {
    assertThat(ShadowComparison.none(1, null, NOW, "no queries").figures()).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ShadowComparison(1, "a", NOW, 3, null, "three"))
        .withMessage("3 queries with figures null, expected both or neither");
  }

  @Test
  void anUnknownKeyIsIgnoredAndAnUnknownFieldToo() {
    byte[] json = "{\"future\":1}".getBytes(StandardCharsets.UTF_8);
    assertThat(ControlCodec.read("shard/7", json)).isEmpty();
    ProducerRecord<byte[], byte[]> written = ControlCodec.write(REQUEST);
    String more =
        new String(written.value(), StandardCharsets.UTF_8).replaceFirst("\\{", "{\"future\":1,");
    assertThat(ControlCodec.read(REQUEST.key(), more.getBytes(StandardCharsets.UTF_8)))
        .contains(REQUEST);
  }

  @Test
  void aValueUnderTheWrongKeyIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ControlCodec.read("encoder/2", Json.write(RELEASE)))
        .withMessage("value under key encoder/2 says it is encoder/1");
  }
}
