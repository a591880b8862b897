package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
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
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.SourceImage;
import infomax.store.ObjectStore;
import infomax.testing.TestingKafka;
import infomax.trainer.TrainerConfig;
import infomax.trainer.TrainerService;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Dashboard and alerts of {@code deploy/monitoring} ask for nothing that the services lack. */
final class MonitoringIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final Path MONITORING =
      Path.of(System.getProperty("infomax.root"), "deploy", "monitoring");

  /** Made by Prometheus itself for everything it scrapes. */
  private static final ExposedMetrics SCRAPING =
      ExposedMetrics.read("up{job=\"\",instance=\"\"} 1");

  @TempDir Path folder;

  @Test
  void everyMetricOfDashboardAndAlertsIsExposed() throws Exception {
    Map<String, String> expressions = new TreeMap<>(dashboard());
    expressions.putAll(alerts());
    assertThat(expressions).hasSizeGreaterThan(30);
    ExposedMetrics exposed = SCRAPING.and(scraped());
    expressions.forEach(
        (where, expression) ->
            assertThat(exposed.missing(expression)).as("%s: %s", where, expression).isEmpty());
  }

  @Test
  void promtoolFindsNothingWrongWithTheAlerts() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool"))),
        "skipped: promtool, which comes with Prometheus, is not installed");
    Process promtool =
        new ProcessBuilder(
                "promtool", "check", "rules", MONITORING.resolve("alerts.yaml").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor()).as(output).isZero();
  }

  /** What the services expose after some images, a refused one and a search. */
  private ExposedMetrics scraped() throws Exception {
    KafkaClients clients = KAFKA.clients();
    Settings settings =
        Settings.of(
            Map.of(
                "objects.path", folder.resolve("objects").toString(),
                "indexer.path", folder.resolve("index").toString(),
                "search.cache", folder.resolve("cache").toString(),
                "search.recall-interval", "1s",
                "trainer.path", folder.resolve("trainer").toString()));
    Health health = new Health();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ObjectStore store = ObjectStore.open(folder.resolve("objects"));
    try (Closer closer = new Closer()) {
      TrainerService trainer =
          closer.register(
              TrainerService.start(TrainerConfig.from(settings), clients, store, metrics, health));
      IngestService ingest =
          closer.register(
              IngestService.start(IngestConfig.from(settings), clients, metrics, health));
      IndexerService indexer =
          closer.register(
              IndexerService.start(IndexerConfig.from(settings), clients, store, metrics, health));
      SearchService search =
          closer.register(
              SearchService.start(SearchConfig.from(settings), clients, metrics, health));
      HttpServer http =
          closer.register(
              HttpServer.start(
                  0,
                  health,
                  metrics,
                  List.of(trainer.routes(), ingest.routes(), indexer.routes(), search.routes())));
      try (ApiClient api = new ApiClient(URI.create("http://localhost:" + http.port()))) {
        return scraped(api);
      }
    }
  }

  private static ExposedMetrics scraped(ApiClient api) throws Exception {
    GeneratedImages images = new GeneratedImages(7, 100, Long.MAX_VALUE, 0);
    for (int count = 0; count < 20; count++) {
      SourceImage image = images.next().orElseThrow();
      assertThat(api.putImage("image-" + count, image.bytes()).status()).isEqualTo(202);
    }
    assertThat(api.putImage("text", "no image".getBytes(StandardCharsets.UTF_8)).status())
        .isEqualTo(415);
    Awaitility.await("the images are searchable")
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                api.post("/v1/search", Map.of("id", "image-19"), Duration.ofSeconds(20))
                    .succeeded());
    Awaitility.await("recall is measured")
        .atMost(Duration.ofMinutes(1))
        .until(() -> metrics(api).contains("infomax_recall_ratio{"));
    return ExposedMetrics.read(metrics(api));
  }

  private static String metrics(ApiClient api) throws IOException, InterruptedException {
    return new String(api.get("/metrics").body(), StandardCharsets.UTF_8);
  }

  private static Map<String, String> dashboard() throws IOException {
    JsonNode dashboard =
        Json.mapper().readTree(Files.readAllBytes(MONITORING.resolve("dashboard.json")));
    Map<String, String> expressions = new TreeMap<>();
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        expressions.put(
            "panel '" + panel.path("title").asText() + "' " + target.path("refId").asText(),
            target.path("expr").asText());
      }
    }
    return expressions;
  }

  private static Map<String, String> alerts() throws IOException {
    Object yaml =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(MONITORING.resolve("alerts.yaml")));
    Map<String, String> expressions = new TreeMap<>();
    for (JsonNode group : Json.mapper().<JsonNode>valueToTree(yaml).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        expressions.put("alert " + rule.path("alert").asText(), rule.path("expr").asText());
      }
    }
    return expressions;
  }
}
