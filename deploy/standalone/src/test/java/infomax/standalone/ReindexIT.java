package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.imaging.EncoderPixels;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.kafka.KafkaClients;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.SourceImage;
import infomax.store.ObjectStore;
import infomax.testing.TestingKafka;
import infomax.testing.TinyEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An index is built anew over two shards with quantised vectors while it is searched: no search
 * fails, and answers are what they were before, also after a restart and a write.
 */
final class ReindexIT {

  private static final int IMAGES = 40;
  private static final int SEED = 11;
  private static final int INPUT_SIZE = 32;
  private static final int DIMENSIONS = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger searches = new AtomicInteger();
  private boolean released;

  @Test
  void answersStayTheSameWhenOneShardBecomesTwo() throws Exception {
    System.out.println("seed " + SEED);
    List<String> before;
    try (StandaloneSystem system = start();
        ApiClient api = new ApiClient(system.address())) {
      ingest(api);
      awaitImages(api, IMAGES);
      before = answers(api);
      reindexUnderQueries(api);
      assertThat(answers(api)).isEqualTo(before);
      JsonNode live = liveGeneration(api);
      assertThat(live.at("/index/shards").asInt()).isEqualTo(2);
      assertThat(live.at("/index/vectorFormat").asText()).isEqualTo("int8");
    }
    try (StandaloneSystem system = start();
        ApiClient api = new ApiClient(system.address())) {
      awaitImages(api, IMAGES);
      assertThat(answers(api)).isEqualTo(before);
      // Both shards go on: of some images that are deleted, either holds one.
      for (int number = 0; number < 8; number++) {
        assertThat(api.delete(id(number)).succeeded()).isTrue();
      }
      awaitImages(api, IMAGES - 8);
    }
  }

  private void reindexUnderQueries(ApiClient api) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    Thread queries = Thread.ofVirtual().start(() -> query(api, stop));
    try {
      Answer asked =
          api.post(
              "/v1/reindex",
              Map.of("shards", 2, "vectorFormat", "int8", "who", "test", "why", "to have two"),
              Duration.ofSeconds(30));
      assertThat(asked.succeeded()).as(asked.problem()).isTrue();
      String request = "/v1/requests/" + asked.json().get("id").asText();
      Awaitility.await("the request ends")
          .atMost(PATIENCE)
          .until(() -> api.get(request).json().path("status").asText().matches("done|failed"));
      JsonNode ended = api.get(request).json();
      assertThat(ended.get("status").asText()).as(ended.toString()).isEqualTo("done");
      int generation = liveGeneration(api).get("number").asInt();
      Awaitility.await("the new generation answers")
          .atMost(PATIENCE)
          .until(() -> serving(api).path("generation").asInt() == generation);
      int so = searches.get();
      Awaitility.await("and is searched").atMost(PATIENCE).until(() -> searches.get() > so + 3);
    } finally {
      stop.countDown();
      queries.join();
    }
    assertThat(failures).isEmpty();
  }

  private void query(ApiClient api, CountDownLatch stop) {
    int number = 0;
    while (stop.getCount() > 0) {
      try {
        Answer answer = search(api, id(number++ % IMAGES), false);
        if (!answer.succeeded() || answer.json().get("hits").isEmpty()) {
          failures.add(answer.problem() + " " + answer.json());
        }
        searches.incrementAndGet();
      } catch (Exception e) {
        failures.add(e.toString());
      }
    }
  }

  /** Ids and scores of the exact nearest to every image, and which partitions they reflect. */
  private static List<String> answers(ApiClient api) throws Exception {
    List<String> answers = new ArrayList<>();
    for (int number = 0; number < IMAGES; number++) {
      JsonNode answer = search(api, id(number), true).json();
      assertThat(answer.get("exact").asBoolean()).isTrue();
      List<String> partitions = new ArrayList<>();
      answer.get("positions").fieldNames().forEachRemaining(partitions::add);
      answers.add(answer.get("hits") + " of partitions " + partitions);
    }
    return answers;
  }

  private static Answer search(ApiClient api, String id, boolean exact) throws Exception {
    return api.post(
        "/v1/search", Map.of("id", id, "k", 10, "exact", exact), Duration.ofSeconds(30));
  }

  private static JsonNode liveGeneration(ApiClient api) throws Exception {
    JsonNode generations = api.get("/v1/generations").json();
    return api.get("/v1/generations/" + generations.at("/live/generation").asInt()).json();
  }

  private static JsonNode serving(ApiClient api) throws Exception {
    return api.get("/v1/status").json().path("serving");
  }

  private static void awaitImages(ApiClient api, int images) {
    Awaitility.await(images + " images answer")
        .atMost(PATIENCE)
        .until(() -> serving(api).path("images").asInt() == images);
  }

  private static void ingest(ApiClient api) throws Exception {
    GeneratedImages images = new GeneratedImages(SEED, 100, Long.MAX_VALUE, 0);
    for (int number = 0; number < IMAGES; number++) {
      SourceImage image = images.next().orElseThrow();
      assertThat(api.putImage(id(number), image.bytes()).succeeded()).isTrue();
    }
  }

  private static String id(int number) {
    return "image-" + number;
  }

  /** With a release that is there already: a training is no part of this. */
  private StandaloneSystem start() throws InterruptedException {
    return StandaloneSystem.start(
        new StandaloneConfig(
            folder.resolve("data"), 0, Optional.of(KAFKA.clients().bootstrapServers()), Map.of()),
        this::releaseOnce);
  }

  private void releaseOnce(KafkaClients clients) throws IOException {
    if (released) {
      return;
    }
    released = true;
    ObjectStore store = ObjectStore.open(folder.resolve("data/objects"));
    byte[] onnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, SEED);
    try (ControlWriter control = new ControlWriter(clients, "test-release")) {
      control.append(
          new EncoderRelease(
              0,
              store.put(onnx),
              onnx.length,
              INPUT_SIZE,
              DIMENSIONS,
              EncoderPixels.PIPELINE_VERSION,
              Verdict.UNTRAINED,
              List.of(),
              "tiny",
              SEED,
              Map.of(),
              null,
              null,
              null,
              List.of(),
              Map.of("golden", store.put(golden(onnx))),
              Instant.now()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the release was written", e);
    }
  }

  private static byte[] golden(byte[] onnx) {
    byte[] planes = new byte[3 * INPUT_SIZE * INPUT_SIZE];
    new Random(SEED).nextBytes(planes);
    try (Encoder encoder = Encoder.open(onnx, Digest.of(onnx), INPUT_SIZE, DIMENSIONS, 1)) {
      Embedding embedding = encoder.embed(EncoderPixels.ofBytes(INPUT_SIZE, planes));
      return Json.write(
          Map.of(
              "inputSize",
              INPUT_SIZE,
              "pixels",
              List.of(Base64.getEncoder().encodeToString(planes)),
              "vectors",
              List.of(embedding.components())));
    }
  }
}
