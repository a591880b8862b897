package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.indexer.IndexerConfig;
import infomax.indexer.IndexerService;
import infomax.ingest.IngestConfig;
import infomax.ingest.IngestService;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.search.SearchConfig;
import infomax.search.SearchService;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import infomax.standalone.command.Typed;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.SourceImage;
import infomax.store.ObjectStore;
import infomax.testing.TestingKafka;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An index is built anew over two shards with quantised vectors while it is searched: no search
 * fails, and answers are what they were before, also after a restart. Writes reach both shards, the
 * past answers as it was, and the index of one shard is there to roll back to.
 */
final class ReindexIT {

  private static final int IMAGES = 40;
  private static final int SEED = 11;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger searches = new AtomicInteger();

  @Test
  void answersStayTheSameWhenOneShardBecomesTwo() throws Exception {
    System.out.println("seed " + SEED);
    List<String> before;
    TinyRelease.write(ObjectStore.open(folder.resolve("objects")), KAFKA.clients(), SEED);
    try (Closer services = new Closer();
        ApiClient api = start(services)) {
      ingest(api);
      awaitImages(api, IMAGES);
      before = answers(api);
      reindexUnderQueries(api);
      assertThat(answers(api)).isEqualTo(before);
      JsonNode live = liveGeneration(api);
      assertThat(live.at("/index/shards").asInt()).isEqualTo(2);
      assertThat(live.at("/index/vectorFormat").asText()).isEqualTo("int8");
    }
    try (Closer services = new Closer();
        ApiClient api = start(services)) {
      awaitImages(api, IMAGES);
      assertThat(answers(api)).isEqualTo(before);
      JsonNode kept = search(api, Map.of("id", id(IMAGES - 1), "k", IMAGES)).json();
      assertThat(kept.get("publication").asText()).matches("\\d+,\\d+");
      // Both shards go on: of some images that are deleted, either holds one.
      for (int number = 0; number < 8; number++) {
        assertThat(api.delete(id(number)).succeeded()).isTrue();
      }
      awaitImages(api, IMAGES - 8);
      JsonNode past =
          search(
                  api,
                  Map.of(
                      "id", id(IMAGES - 1), "k", IMAGES, "asOf", kept.get("publication").asText()))
              .json();
      assertThat(past.get("hits")).isEqualTo(kept.get("hits")).hasSize(IMAGES);
      assertThat(past.get("publication")).isEqualTo(kept.get("publication"));
      Typed generations = typed(api, "generations");
      assertThat(generations.json().at("/generations/0/index/shards").asInt()).isEqualTo(2);
      Typed back = typed(api, "rollback", "--why", "a test");
      assertThat(back.exitCode()).as(back.errors()).isZero();
      Awaitility.await("the index of one shard answers")
          .atMost(PATIENCE)
          .until(() -> serving(api).path("generation").asInt() == 1);
      awaitImages(api, IMAGES - 8);
    }
  }

  private void reindexUnderQueries(ApiClient api) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    Thread queries = Thread.ofVirtual().start(() -> query(api, stop));
    try {
      Typed asked = typed(api, "reindex", "--shards", "2", "--vector-format", "int8");
      assertThat(asked.exitCode()).as(asked.errors()).isZero();
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
        Answer answer = search(api, Map.of("id", id(number++ % IMAGES), "k", 10));
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
      JsonNode answer = search(api, Map.of("id", id(number), "k", 10, "exact", true)).json();
      assertThat(answer.get("exact").asBoolean()).isTrue();
      List<String> partitions = new ArrayList<>();
      answer.get("positions").fieldNames().forEachRemaining(partitions::add);
      answers.add(answer.get("hits") + " of partitions " + partitions);
    }
    return answers;
  }

  private static Answer search(ApiClient api, Map<String, ?> body) throws Exception {
    return api.post("/v1/search", body, Duration.ofSeconds(30));
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

  private static Typed typed(ApiClient api, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", api.base().toString(), "-o", "json"));
    return Typed.run(all.toArray(String[]::new));
  }

  /** All services but a trainer: a training is no part of this. */
  private ApiClient start(Closer services) throws Exception {
    Settings settings =
        Settings.of(
            Map.of(
                "objects.path", folder.resolve("objects").toString(),
                "indexer.path", folder.resolve("index").toString(),
                "indexer.commit-interval", "200ms",
                "indexer.standby-commit-interval", "200ms",
                "indexer.rollout.heartbeat", "300ms",
                "search.cache", folder.resolve("cache").toString(),
                "search.heartbeat-interval", "300ms"));
    KafkaClients clients = KAFKA.clients();
    ObjectStore store = ObjectStore.open(folder.resolve("objects"));
    Health health = new Health();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    IngestService ingest =
        services.register(
            IngestService.start(IngestConfig.from(settings), clients, metrics, health));
    IndexerService indexer =
        services.register(
            IndexerService.start(IndexerConfig.from(settings), clients, store, metrics, health));
    SearchService search =
        services.register(
            SearchService.start(SearchConfig.from(settings), clients, metrics, health));
    HttpServer http =
        services.register(
            HttpServer.start(
                0, health, metrics, List.of(ingest.routes(), indexer.routes(), search.routes())));
    return new ApiClient(URI.create("http://localhost:" + http.port()));
  }
}
