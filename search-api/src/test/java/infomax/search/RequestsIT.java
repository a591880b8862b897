package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.control.ControlRequest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexingPause;
import infomax.events.control.ShadowComparison;
import infomax.events.image.DeadLetter;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.events.signal.Signal;
import infomax.events.signal.Signal.LoadedGeneration;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.events.signal.Signal.ShadowCompared;
import infomax.events.signal.Signal.TrainingProgressed;
import infomax.runtime.signal.SignalFeed;
import infomax.runtime.signal.SignalSender;
import infomax.testing.TestingKafka;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Asking for changes, and following what happens. */
final class RequestsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;
  private SmallSystem system;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    system = new SmallSystem(KAFKA.clients(), folder);
    client = new Client(system);
  }

  @AfterEach
  void stop() {
    client.close();
    system.close();
  }

  @Test
  void writesATrainingRequestAndFollowsItToItsEnd() throws Exception {
    HttpResponse<byte[]> accepted =
        client.post(
            "/v1/trainings",
            "{\"preset\":\"default+rate=3e-4\",\"imagesSeen\":5000,\"seed\":-3,\"who\":\"ann\",\"why\":\"x\"}");
    assertThat(accepted.statusCode()).isEqualTo(202);
    String id = Client.json(accepted).get("id").asText();
    assertThat(accepted.headers().firstValue("Location")).contains("/v1/requests/" + id);
    // Who follows the location at once finds it.
    JsonNode request = Client.json(client.get("/v1/requests/" + id));
    assertThat(request.path("status").asText()).isEqualTo("pending");
    assertThat(request.get("parameters").get("imagesSeen").asText()).isEqualTo("5000");
    assertThat(request.get("parameters").get("seed").asText()).isEqualTo("-3");
    ControlRequest asked = Json.read(accepted.body(), ControlRequest.class);
    HttpResponse<byte[]> cancelled =
        client.post("/v1/trainings/" + id + "/cancel", "{\"who\":\"ann\",\"why\":\"y\"}");
    assertThat(cancelled.statusCode()).isEqualTo(202);
    assertThat(Client.json(cancelled).get("kind").asText()).isEqualTo("cancel");
    assertThat(Client.json(cancelled).get("parameters").get("request").asText()).isEqualTo(id);
    system.decide(asked.as(ControlRequest.Status.DONE, "encoder 1 was published"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        Client.json(client.get("/v1/trainings"))
                            .get("trainings")
                            .get(0)
                            .get("outcome")
                            .asText())
                    .isEqualTo("encoder 1 was published"));
    assertProblem(client.post("/v1/trainings/" + id + "/cancel", "{}"), 409, "training_ended");
    assertProblem(client.post("/v1/trainings/none/cancel", "{}"), 404, "request_not_found");
  }

  @Test
  void refusesWhatCannotBeDone() throws Exception {
    assertProblem(client.post("/v1/rollback", ""), 409, "nothing_to_roll_back_to");
    assertProblem(client.post("/v1/generations/7/promote", "{}"), 404, "generation_not_found");
    assertProblem(client.post("/v1/generations/x/promote", "{}"), 404, "generation_not_found");
    assertProblem(client.post("/v1/trainings", "{\"epochs\":3}"), 400, "unknown_field");
    assertProblem(client.post("/v1/trainings", "{\"preset\":\"../x\"}"), 400, "invalid_value");
    assertProblem(client.post("/v1/trainings", "{\"warmStart\":9}"), 404, "encoder_not_found");
    assertProblem(
        client.post("/v1/trainings", "{\"force\":true,\"who\":\"me\"}"), 400, "invalid_value");
    assertProblem(client.get("/v1/requests/none"), 404, "request_not_found");
    EncoderRelease release = system.release(0, Verdict.UNTRAINED, Map.of());
    system.generation(1, release).catchUp();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertProblem(
                    client.post("/v1/generations/1/promote", "{}"), 409, "generation_not_standby"));
    assertProblem(client.post("/v1/generations/1/reject", "{}"), 409, "nothing_live");
    assertProblem(client.post("/v1/generations/7/reject", "{}"), 404, "generation_not_found");
    assertProblem(client.post("/v1/pause", "{\"for\":\"1h\"}"), 400, "unknown_field");
    HttpRequest foreign =
        HttpRequest.newBuilder(URI.create(system.url("/v1/rollback")))
            .header("Origin", "https://elsewhere.example")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    assertProblem(client.http().send(foreign, BodyHandlers.ofByteArray()), 403, "foreign_origin");
  }

  @Test
  void asksForTheLiveEncodersIndexAnew() throws Exception {
    assertProblem(client.post("/v1/reindex", "{}"), 409, "nothing_live");
    system.generation(1, system.release(0, Verdict.UNTRAINED, Map.of())).catchUp();
    system.goLive(1, null);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertProblem(client.post("/v1/reindex", "{\"m\":1}"), 400, "unknown_field"));
    Map<String, String> refused =
        Map.of(
            "{\"shards\":5}", "shards is 5, expected one of 1, 2, 3, 4, 6, 12",
            "{\"maxConn\":3}", "maxConn is 3, expected a whole number from 4 to 128",
            "{\"maxConn\":129}", "maxConn is 129, expected a whole number from 4 to 128",
            "{\"maxConn\":32,\"beamWidth\":31}", "beamWidth is 31, expected a whole number from 32",
            "{\"beamWidth\":1001}", "beamWidth is 1001, expected a whole number from 4 to 1000",
            "{\"vectorFormat\":\"int4\"}", "expected one of float32, int8");
    for (Map.Entry<String, String> each : refused.entrySet()) {
      HttpResponse<byte[]> answer = client.post("/v1/reindex", each.getKey());
      assertProblem(answer, 400, "invalid_value");
      assertThat(Client.json(answer).get("detail").asText()).contains(each.getValue());
    }
    HttpResponse<byte[]> accepted =
        client.post(
            "/v1/reindex",
            "{\"maxConn\":24,\"vectorFormat\":\"int8\",\"who\":\"ann\",\"why\":\"memory\"}");
    assertThat(accepted.statusCode()).isEqualTo(202);
    ControlRequest request = Json.read(accepted.body(), ControlRequest.class);
    assertThat(request.kind()).isEqualTo(ControlRequest.Kind.REINDEX);
    assertThat(request.parameters()).isEqualTo(Map.of("maxConn", "24", "vectorFormat", "int8"));
    assertThat(request.who()).isEqualTo("ann");
    JsonNode generation = Client.json(client.get("/v1/generations/1"));
    assertThat(generation.get("index").get("vectorFormat").asText()).isEqualTo("float32");
  }

  @Test
  void rollsBackAndPromotesByWritingRequests() throws Exception {
    for (int number = 0; number < 5; number++) {
      system.put("image-" + number, Pictures.canonical(number, 32), Map.of());
    }
    system.generation(1, system.release(0, Verdict.UNTRAINED, Map.of())).catchUp();
    system.generation(2, system.release(1, Verdict.ACCEPTED, Map.of())).catchUp();
    system.goLive(1, null);
    system.goLive(2, 1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(client.post("/v1/rollback", "").statusCode()).isEqualTo(202));
    HttpResponse<byte[]> promote = client.post("/v1/generations/1/promote", "{\"who\":\"ann\"}");
    assertThat(promote.statusCode()).isEqualTo(202);
    assertThat(Client.json(promote).get("parameters").get("generation").asText()).isEqualTo("1");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Client.json(client.get("/v1/requests")).get("requests"))
                    .extracting(each -> each.get("kind").asText())
                    .contains("rollback", "promote"));
  }

  /** What is found is what the API itself answers from both; a generation is like itself. */
  @Test
  void comparesVerifiedCandidatesOnRecentQueriesUntilItIsWrittenDown() throws Exception {
    for (int number = 0; number < 30; number++) {
      system.put("image-" + number, Pictures.canonical(number, 32), Map.of());
    }
    EncoderRelease untrained = system.release(0, Verdict.UNTRAINED, Map.of());
    system.generation(1, untrained).catchUp();
    system.goLive(1, null);
    system.generation(2, untrained).catchUp();
    system.generation(3, untrained).catchUp();
    system.generation(4, system.release(1, Verdict.ACCEPTED, Map.of())).catchUp();
    Map<Integer, ShadowCompared> heard = new ConcurrentHashMap<>();
    try (SignalFeed feed = SignalFeed.start(system.clients(), "test")) {
      feed.follow(
          signal -> {
            if (signal instanceof ShadowCompared compared) {
              heard.put(compared.generation(), compared);
            }
          });
      system.enter(2, GenerationState.VERIFIED);
      await().atMost(PATIENCE).until(() -> heard.containsKey(2));
      assertThat(heard.get(2).comparison().figures()).as("nobody has asked yet").isNull();
      system.enter(2, GenerationState.FAILED);

      for (int number = 0; number < 4; number++) {
        assertThat(client.get("/v1/images/image-" + number + "/neighbours").statusCode())
            .isEqualTo(200);
      }
      assertThat(client.post("/v1/search", "image/png", Pictures.png(9, 96)).statusCode())
          .isEqualTo(200);
      system.enter(3, GenerationState.VERIFIED);
      await().atMost(PATIENCE).until(() -> heard.containsKey(3));
      ShadowComparison same = heard.get(3).comparison();
      assertThat(same.live()).isEqualTo(1);
      assertThat(same.queries()).isEqualTo(5);
      assertThat(same.figures().overlapAt10()).isEqualTo(1, within(1e-9));
      assertThat(same.figures().rankBiasedOverlap()).isEqualTo(1, within(1e-9));
      assertThat(same.figures().liveLatency().medianMillis()).isPositive();

      system.enter(4, GenerationState.VERIFIED);
      await().atMost(PATIENCE).until(() -> heard.containsKey(4));
      ShadowComparison other = heard.get(4).comparison();
      assertThat(other.queries()).isEqualTo(5);
      double expected = 0;
      for (int number = 0; number < 4; number++) {
        expected += overlap(neighbours(number, 1), neighbours(number, 4));
      }
      expected += overlap(nearest(9, 1), nearest(9, 4));
      assertThat(other.figures().overlapAt10()).isEqualTo(expected / 5, within(1e-9));

      system.compared(4, other);
      JsonNode shown =
          await()
              .atMost(PATIENCE)
              .until(
                  () -> Client.json(client.get("/v1/generations/4")),
                  answer -> answer.path("shadow").isObject());
      assertThat(shown.path("shadow").path("queries").asInt()).isEqualTo(5);
      assertThat(shown.path("waitsFor").asText()).isEqualTo("waits for approval");
      JsonNode status = Client.json(client.get("/v1/status"));
      assertThat(status.path("roll").path("waitsFor").asText()).isEqualTo("waits for approval");
      assertThat(client.post("/v1/generations/4/promote", "{}").statusCode()).isEqualTo(202);
      assertThat(client.post("/v1/generations/4/reject", "{}").statusCode()).isEqualTo(202);
    }
  }

  private List<String> neighbours(int number, int generation) throws Exception {
    return ids(
        client.get("/v1/images/image-" + number + "/neighbours?k=10&generation=" + generation));
  }

  private List<String> nearest(int number, int generation) throws Exception {
    return ids(
        client.post(
            "/v1/search?k=10&generation=" + generation, "image/png", Pictures.png(number, 96)));
  }

  private static List<String> ids(HttpResponse<byte[]> answer) throws Exception {
    List<String> ids = new ArrayList<>();
    Client.json(answer).get("hits").forEach(hit -> ids.add(hit.get("id").asText()));
    assertThat(ids).hasSize(10);
    return ids;
  }

  private static double overlap(List<String> one, List<String> other) {
    return one.stream().filter(other::contains).count() / 10.0;
  }

  @Test
  void asksForAPauseAndShowsIt() throws Exception {
    HttpResponse<byte[]> accepted =
        client.post("/v1/pause", "{\"who\":\"ann\",\"why\":\"the store is moved\"}");
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(Client.json(accepted).get("kind").asText()).isEqualTo("pause");
    assertThat(Client.json(client.get("/v1/status")).get("paused").isNull()).isTrue();
    system.decide(new IndexingPause(true, Instant.now(), "ann", "the store is moved"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode paused = Client.json(client.get("/v1/status")).get("paused");
              assertThat(paused.path("who").asText()).isEqualTo("ann");
              assertThat(paused.path("why").asText()).isEqualTo("the store is moved");
            });
    assertThat(Client.json(client.post("/v1/resume", "{}")).get("kind").asText())
        .isEqualTo("resume");
  }

  @Test
  void announcesWhatItHasLoaded() throws Exception {
    Queue<Signal> heard = new ConcurrentLinkedQueue<>();
    try (SignalFeed feed = SignalFeed.start(system.clients(), "test")) {
      feed.follow(heard::add);
      system.put("image", Pictures.canonical(1, 32), Map.of());
      system.generation(1, system.release(0, Verdict.UNTRAINED, Map.of())).catchUp();
      system.enter(1, GenerationState.VERIFIED);
      await().atMost(PATIENCE).until(() -> reported(heard).anyMatch(each -> !each.serving()));
      system.goLive(1, null);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  reported(heard)
                      .anyMatch(
                          each ->
                              each.serving()
                                  && each.positions()
                                      .reaches(Positions.ofOffsets(Map.of(each.generation(), 0L)))
                                  && each.sequence() > 0));
    }
  }

  @Test
  void streamsStatusTrainingStepsAndRejections() throws Exception {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    HttpResponse<Stream<String>> events =
        client
            .http()
            .send(
                HttpRequest.newBuilder(URI.create(system.url("/v1/events"))).build(),
                BodyHandlers.ofLines());
    Thread reading = Thread.startVirtualThread(() -> collect(events.body(), lines));
    await().atMost(PATIENCE).until(() -> lines.contains("event: status"));
    try (SignalSender signals = new SignalSender(system.clients(), "test-sender");
        Producer<byte[], byte[]> producer = system.clients().producer("test-rejected")) {
      system.generation(1, system.release(0, Verdict.UNTRAINED, Map.of())).catchUp();
      producer
          .send(
              new DeadLetter(
                      "bad.jpg".getBytes(StandardCharsets.UTF_8),
                      "this is text".getBytes(StandardCharsets.UTF_8),
                      "ingest",
                      new Rejection(RejectionReason.UNSUPPORTED_FORMAT, "no image"),
                      new Token("images.uploads", 3, 17))
                  .write())
          .get();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                signals.send(
                    new TrainingProgressed(
                        Instant.now(), "r", "training", 1, 2, 3, 10, 400, Map.of("total", 2.5), 9));
                return lines.contains("event: training");
              });
      await().atMost(PATIENCE).until(() -> lines.contains("event: rejected"));
      await().atMost(PATIENCE).until(() -> lines.contains("event: roll"));
      JsonNode rejected = Client.json(client.get("/v1/rejected")).get("rejected").get(0);
      assertThat(rejected.get("key").asText()).isEqualTo("bad.jpg");
      assertThat(rejected.get("reason").asText()).isEqualTo("unsupported_format");
      assertThat(rejected.get("kind").asText()).isEqualTo("text");
      assertThat(rejected.get("excerpt").asText()).isEqualTo("this is text");
      assertThat(rejected.get("origin").get("offset").asInt()).isEqualTo(17);
      JsonNode status = Client.json(client.get("/v1/status"));
      assertThat(status.get("rejected").asInt()).isEqualTo(1);
      assertThat(status.get("training").get("step").asInt()).isEqualTo(3);
      assertThat(status.get("roll").get("state").asText()).isEqualTo("building");
    } finally {
      reading.interrupt();
    }
  }

  private static Stream<LoadedGeneration> reported(Queue<Signal> heard) {
    return List.copyOf(heard).stream()
        .filter(ReplicaReported.class::isInstance)
        .map(ReplicaReported.class::cast)
        .flatMap(report -> report.loaded().stream());
  }

  private static void collect(Stream<String> events, Queue<String> lines) {
    try (events) {
      events.forEach(lines::add);
    } catch (RuntimeException e) {
      // The connection ends with the test.
      lines.add("ended: " + e);
    }
  }

  private static void assertProblem(HttpResponse<byte[]> answer, int status, String code)
      throws Exception {
    assertThat(Client.json(answer).get("code").asText()).isEqualTo(code);
    assertThat(answer.statusCode()).isEqualTo(status);
  }
}
