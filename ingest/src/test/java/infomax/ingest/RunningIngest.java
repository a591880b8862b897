package infomax.ingest;

import infomax.events.Json;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** Ingest with its HTTP server, and a client of it. */
final class RunningIngest implements AutoCloseable {

  /** Room for three largest uploads. */
  static final long HTTP_BYTES = 32L * 1024 * 1024;

  private final Health health = new Health();
  private final IngestService service;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** An answer: its status and its JSON object. */
  record Answer(int status, Map<String, Object> body) {

    String code() {
      return String.valueOf(body.get("code"));
    }

    @SuppressWarnings("unchecked")
    long offset() {
      return ((Number) ((Map<String, Object>) body.get("token")).get("offset")).longValue();
    }
  }

  private RunningIngest(KafkaClients clients) {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    this.service =
        IngestService.start(
            new IngestConfig(
                "test", 2, 2, Duration.ofSeconds(30), HTTP_BYTES, Duration.ofSeconds(2)),
            clients,
            metrics,
            health);
    this.server = HttpServer.start(0, health, metrics, List.of(service.routes()));
  }

  static RunningIngest start(KafkaClients clients) {
    return new RunningIngest(clients);
  }

  void awaitReady() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              if (!health.readinessFailures().isEmpty()) {
                throw new AssertionError(health.readinessFailures());
              }
            });
  }

  Answer put(String id, byte[] body, String query, String... headers) throws Exception {
    return send("PUT", "/v1/images/" + encoded(id) + query, body, headers);
  }

  Answer send(String method, String target, byte[] body, String... headers) throws Exception {
    return send(
        method,
        target,
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body),
        headers);
  }

  Answer send(String method, String target, BodyPublisher body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target))
            .timeout(Duration.ofSeconds(60))
            .method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), object(response.body()));
  }

  String metrics() throws IOException, InterruptedException {
    URI address = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
    return client
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    server.close();
    service.close();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(byte[] json) {
    return json.length == 0 ? Map.of() : Json.read(json, Map.class);
  }
}
