package infomax.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Topic;
import infomax.indexer.IndexerConfig;
import infomax.indexer.IndexerService;
import infomax.ingest.IngestConfig;
import infomax.ingest.IngestService;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.AccessRule;
import infomax.runtime.kafka.StartCheck;
import infomax.runtime.lifecycle.Closer;
import infomax.search.SearchConfig;
import infomax.search.SearchService;
import infomax.standalone.client.ApiClient;
import infomax.standalone.command.Typed;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.store.ObjectStore;
import infomax.store.StoreLocation;
import infomax.trainer.TrainerConfig;
import infomax.trainer.TrainerService;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * In a cluster that lets nobody do what no rule allows, each service does its work with the rules
 * that the documentation lists, and whoever lacks one is told which.
 */
final class KafkaAccessIT {

  private static final List<String> SERVICES =
      List.of("ingest", "trainer", "indexer", "search-api");

  @TempDir static Path folder;

  private static SecuredBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = SecuredBroker.start(folder);
    broker.add(
        List.of(
            "ingest",
            "trainer",
            "indexer",
            "search-api",
            "producer",
            "operator",
            "backup",
            "stranger"));
    broker.allow(
        AccessRule.all().stream()
            .flatMap(rule -> rule.bindings("User:" + rule.service()).stream())
            .toList());
    // Users and rules are acknowledged before the broker goes by them.
    Typed created =
        Awaitility.await("the operator may create")
            .atMost(Duration.ofSeconds(60))
            .until(() -> topics("operator", "--create"), typed -> typed.exitCode() == 0);
    assertThat(created.errors()).contains("created images with 12 partitions and 1 replicas");
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void everyServiceDoesItsWorkWithItsRulesAlone() throws Exception {
    SERVICES.forEach(service -> StartCheck.run(broker.user(service), service));
    Map<String, String> paths = new HashMap<>();
    paths.put("objects.path", folder.resolve("objects").toString());
    paths.put("indexer.path", folder.resolve("index").toString());
    paths.put("search.cache", folder.resolve("cache").toString());
    paths.put("trainer.path", folder.resolve("trainer").toString());
    Settings settings = Settings.of(paths);
    ObjectStore store = StoreLocation.from(settings).open();
    Health health = new Health();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (Closer closer = new Closer()) {
      closer.register(
          TrainerService.start(
              TrainerConfig.from(settings), broker.user("trainer"), store, metrics, health));
      IngestService ingest =
          closer.register(
              IngestService.start(
                  IngestConfig.from(settings), broker.user("ingest"), metrics, health));
      IndexerService indexer =
          closer.register(
              IndexerService.start(
                  IndexerConfig.from(settings), broker.user("indexer"), store, metrics, health));
      SearchService search =
          closer.register(
              SearchService.start(
                  SearchConfig.from(settings), broker.user("search-api"), metrics, health));
      HttpServer http =
          closer.register(
              HttpServer.start(
                  0, health, metrics, List.of(ingest.routes(), indexer.routes(), search.routes())));
      try (ApiClient api = new ApiClient(URI.create("http://localhost:" + http.port()))) {
        work(api);
        backUpAndRestore();
      }
      assertThat(health.readinessFailures()).isEmpty();
    }
  }

  @Test
  void whoLacksARightIsToldWhich() throws Exception {
    assertThatThrownBy(() -> StartCheck.run(broker.user("stranger"), "ingest"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("the Kafka user of ingest lacks ")
        .hasMessageContaining("READ, WRITE, DESCRIBE_CONFIGS on the topic images,")
        .hasMessageContaining("READ on the group infomax-ingest")
        .hasMessageContaining("WRITE on the transactional id infomax-ingest-*")
        .hasMessageContaining("docs/kafka-security.md");
    assertThatThrownBy(() -> StartCheck.run(broker.user("indexer", "guessed"), "indexer"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not let indexer in")
        .hasMessageNotContaining("guessed");
    AclBinding write =
        AccessRule.of("trainer").stream()
            .filter(rule -> rule.name().equals(Topic.CONTROL.name()))
            .flatMap(rule -> rule.bindings("User:trainer").stream())
            .filter(binding -> binding.entry().operation() == AclOperation.WRITE)
            .findFirst()
            .orElseThrow();
    broker.disallow(write);
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> StartCheck.run(broker.user("trainer"), "trainer"))
                      .hasMessageContaining(
                          "the Kafka user of trainer lacks WRITE on the topic control;"));
    } finally {
      broker.allow(List.of(write));
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(ConfigurationException.class)
        .until(
            () -> {
              StartCheck.run(broker.user("trainer"), "trainer");
              return true;
            });
    Typed refused = topics("stranger", "--check");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors()).contains("cannot be asked").hasLineCount(1);
  }

  @Test
  void whatDiffersIsShownAndNeverChanged() throws Exception {
    alter(Topic.SIGNALS, "retention.ms", "60000");
    try {
      StartCheck.run(broker.user("search-api"), "search-api");
      Typed differs = topics("operator", "--create");
      assertThat(differs.exitCode()).isEqualTo(1);
      assertThat(differs.output())
          .containsPattern("signals +retention.ms +3600000 +60000 +differs");
      assertThat(differs.errors())
          .contains("--entity-name signals --add-config retention.ms=3600000")
          .doesNotContain("created");
      alter(Topic.IMAGES, "cleanup.policy", "delete");
      assertThat(topics("operator", "--check").output())
          .containsPattern("images +cleanup.policy +compact +delete +LOSES DATA");
      assertThatThrownBy(() -> StartCheck.run(broker.user("search-api"), "search-api"))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("records would be lost")
          .hasMessageContaining("cleanup.policy");
    } finally {
      alter(Topic.SIGNALS, "retention.ms", "3600000");
      alter(Topic.IMAGES, "cleanup.policy", "compact");
    }
    assertThat(topics("operator", "--check").exitCode()).isZero();
  }

  @Test
  void theDocumentationListsTheseRulesAndNoOther() throws Exception {
    Path page = Path.of(System.getProperty("infomax.root"), "docs", "kafka-security.md");
    assertThat(Files.readAllLines(page).stream().filter(line -> line.startsWith("kafka-acls.sh")))
        .containsExactlyElementsOf(AccessRule.all().stream().map(AccessRule::command).toList());
  }

  private static void work(ApiClient api) throws Exception {
    byte[] image = new GeneratedImages(7, 100, Long.MAX_VALUE, 0).next().orElseThrow().bytes();
    try (Producer<byte[], byte[]> producer = broker.user("producer").producer("camera")) {
      producer.send(new ProducerRecord<>(Topic.UPLOADS.name(), "a".getBytes(UTF_8), image)).get();
      byte[] text = "no image".getBytes(UTF_8);
      producer.send(new ProducerRecord<>(Topic.UPLOADS.name(), "b".getBytes(UTF_8), text)).get();
    }
    await(api, "/v1/status", "/serving/images", 1);
    await(api, "/v1/rejected", "/count", 1);
    long offset = json(api, "/v1/rejected").at("/rejected/0/offset").asLong();
    assertThat(
            api.post("/v1/rejected/" + offset + "/replay", Map.of(), Duration.ofSeconds(30))
                .status())
        .isEqualTo(202);
    await(api, "/v1/rejected", "/count", 2);
    assertThat(api.deleteAt("/v1/rejected?before=" + (offset + 1)).status()).isEqualTo(200);
    assertThat(api.putImage("c", image).status()).isEqualTo(202);
    await(api, "/v1/status", "/serving/images", 2);
    assertThat(api.content("c").succeeded()).isTrue();
    // Too few images to learn from: the trainer reads them, and says so.
    String request = api.train(Map.of("why", "a test")).json().get("id").asText();
    Awaitility.await("the trainer answers")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> json(api, "/v1/requests/" + request).path("status").asText(),
            status -> status.equals("failed"));
  }

  private static void await(ApiClient api, String path, String pointer, long atLeast) {
    Awaitility.await(path + pointer)
        .atMost(Duration.ofSeconds(90))
        .until(() -> json(api, path).at(pointer).asLong(), found -> found >= atLeast);
  }

  private static JsonNode json(ApiClient api, String path) throws Exception {
    return api.get(path).json();
  }

  private static void backUpAndRestore() throws Exception {
    String settings =
        settings("backup", Map.of("objects.path", folder.resolve("objects").toString()));
    String place = folder.resolve("backups").toString();
    Typed backup = Typed.run("backup", place, "--settings", settings);
    assertThat(backup.exitCode()).as(backup.errors()).isZero();
    assertThat(backup.output()).contains("encoder 0");
    Typed restore = Typed.run("restore", place, "--settings", settings);
    assertThat(restore.exitCode()).as(restore.errors()).isZero();
  }

  private static Typed topics(String user, String mode) throws Exception {
    return Typed.run("topics", mode, "--settings", settings(user, Map.of()));
  }

  /** A file with the settings of a user. */
  private static String settings(String user, Map<String, String> further) throws Exception {
    Path file = folder.resolve("settings-" + user + ".properties");
    Properties properties = new Properties();
    properties.putAll(broker.settings(user));
    properties.putAll(further);
    try (java.io.Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return file.toString();
  }

  private static void alter(Topic topic, String key, String value) throws Exception {
    try (Admin admin = broker.administrator().admin("test-settings")) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                  List.of(
                      new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }
}
