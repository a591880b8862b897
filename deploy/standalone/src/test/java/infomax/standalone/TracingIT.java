package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.events.Topic;
import infomax.indexer.IndexerConfig;
import infomax.indexer.IndexerService;
import infomax.ingest.IngestConfig;
import infomax.ingest.IngestService;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.tracing.Tracing;
import infomax.search.SearchConfig;
import infomax.search.SearchService;
import infomax.standalone.OtlpReceiver.Span;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.store.ObjectStore;
import infomax.testing.TestingKafka;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A caller's trace goes on through log and index until its image is published. */
final class TracingIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final String BY_HTTP = "0af7651916cd43dd8448eb211c80319c";
  private static final String BY_KAFKA = "1bf7651916cd43dd8448eb211c80319d";
  private static final String UNSAMPLED = "2cf7651916cd43dd8448eb211c80319e";
  private static final String CALLER = "b7ad6b7169203331";

  @TempDir Path folder;

  @Test
  void aTraceReachesFromTheUploadToItsPublication() throws Exception {
    byte[] image = new GeneratedImages(3, 10, Long.MAX_VALUE, 0).next().orElseThrow().bytes();
    ObjectStore store = ObjectStore.open(folder.resolve("objects"));
    KafkaClients clients = KAFKA.clients();
    TinyRelease.write(store, clients, 1);
    try (OtlpReceiver receiver = OtlpReceiver.start();
        Closer closer = new Closer();
        HttpClient http = HttpClient.newHttpClient()) {
      String address = "http://127.0.0.1:" + start(receiver, store, clients, closer);
      HttpResponse<String> stored = put(http, address + "/v1/images/by-http", image, BY_HTTP, "01");
      assertThat(stored.statusCode()).isEqualTo(202);
      assertThat(stored.headers().firstValue("traceresponse").orElseThrow())
          .matches("00-" + BY_HTTP + "-[0-9a-f]{16}-01");
      assertThat(put(http, address + "/v1/images/unsampled", image, UNSAMPLED, "00").statusCode())
          .isEqualTo(202);
      try (Producer<byte[], byte[]> producer = clients.producer("test-uploads")) {
        ProducerRecord<byte[], byte[]> upload =
            new ProducerRecord<>(
                Topic.UPLOADS.name(), "by-kafka".getBytes(StandardCharsets.UTF_8), image);
        upload
            .headers()
            .add(
                "traceparent",
                ("00-" + BY_KAFKA + "-" + CALLER + "-01").getBytes(StandardCharsets.UTF_8));
        producer.send(upload).get();
      }
      Awaitility.await("both traces reach their publication")
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  find(receiver, BY_HTTP, "visible").isPresent()
                      && find(receiver, BY_KAFKA, "visible").isPresent());

      Span request = span(receiver, BY_HTTP, "PUT /v1/images/{id}");
      assertThat(request.parentId()).isEqualTo(CALLER);
      Span intake = span(receiver, BY_HTTP, "intake");
      assertThat(intake.parentId()).isEqualTo(request.spanId());
      Span produce = span(receiver, BY_HTTP, "produce");
      assertThat(produce.parentId()).isEqualTo(intake.spanId());
      assertThat(span(receiver, BY_HTTP, "publish").parentId()).isEqualTo(produce.spanId());
      assertThat(span(receiver, BY_HTTP, "visible").parentId()).isEqualTo(produce.spanId());
      Span fromLog = span(receiver, BY_KAFKA, "intake");
      assertThat(fromLog.parentId()).isEqualTo(CALLER);
      assertThat(span(receiver, BY_KAFKA, "publish").parentId()).isEqualTo(fromLog.spanId());
      assertThat(receiver.spans())
          .filteredOn(span -> span.name().equals("embed"))
          .flatExtracting(Span::links)
          .contains(BY_HTTP, BY_KAFKA);

      HttpResponse<String> found = search(http, address);
      JsonNode hits = Json.mapper().readTree(found.body()).path("hits");
      assertThat(hits.findValuesAsText("id")).contains("by-http", "by-kafka");
      String answered = found.headers().firstValue("traceresponse").orElseThrow().split("-", -1)[1];
      Awaitility.await("the search is told of")
          .atMost(Duration.ofSeconds(20))
          .until(() -> find(receiver, answered, "POST /v1/search").isPresent());
      assertThat(receiver.spans()).noneMatch(span -> span.traceId().equals(UNSAMPLED));
    }
  }

  private int start(OtlpReceiver receiver, ObjectStore store, KafkaClients clients, Closer closer)
      throws Exception {
    Settings settings =
        Settings.of(
            Map.of(
                "tracing.exporter", "otlp",
                "tracing.otlp-url", receiver.url(),
                "objects.path", folder.resolve("objects").toString(),
                "indexer.path", folder.resolve("index").toString(),
                "search.cache", folder.resolve("cache").toString()));
    Health health = new Health();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Tracing tracing = closer.register(Tracing.from(settings, "test"));
    IngestService ingest =
        closer.register(
            IngestService.start(IngestConfig.from(settings), clients, metrics, tracing, health));
    IndexerService indexer =
        closer.register(
            IndexerService.start(
                IndexerConfig.from(settings), clients, store, metrics, tracing, health));
    SearchService search =
        closer.register(SearchService.start(SearchConfig.from(settings), clients, metrics, health));
    return closer
        .register(
            HttpServer.start(
                0,
                health,
                metrics,
                tracing,
                List.of(ingest.routes(), indexer.routes(), search.routes())))
        .port();
  }

  private static HttpResponse<String> put(
      HttpClient http, String address, byte[] image, String traceId, String flags)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(address))
            .header("traceparent", "00-" + traceId + "-" + CALLER + "-" + flags)
            .header("content-type", "image/jpeg")
            .PUT(BodyPublishers.ofByteArray(image))
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> search(HttpClient http, String address) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/v1/search"))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString("{\"id\":\"by-http\"}"))
            .build();
    return Awaitility.await("a replica answers")
        .atMost(Duration.ofSeconds(30))
        .until(() -> http.send(request, BodyHandlers.ofString()), one -> one.statusCode() == 200);
  }

  private static Optional<Span> find(OtlpReceiver receiver, String traceId, String name) {
    return receiver.spans().stream()
        .filter(span -> span.traceId().equals(traceId) && span.name().equals(name))
        .findFirst();
  }

  private static Span span(OtlpReceiver receiver, String traceId, String name) {
    Awaitility.await(name)
        .atMost(Duration.ofSeconds(20))
        .until(() -> find(receiver, traceId, name).isPresent());
    return find(receiver, traceId, name).orElseThrow();
  }
}
