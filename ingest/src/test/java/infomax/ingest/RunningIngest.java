package infomax.ingest;

import infomax.events.Json;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.testing.OpenApi;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * Ingest with its HTTP server, and a client of it that holds every answer against the API's
 * description.
 */
final class RunningIngest implements AutoCloseable {

  /** Room for three largest uploads, or one batch. */
  static final long HTTP_BYTES = 32L * 1024 * 1024;

  private static final OpenApi API = OpenApi.ofSources();

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

  /**
   * An answer to a batch.
   *
   * @param lines the results and what sums them up, or the problem alone
   */
  record BatchAnswer(int status, List<Map<String, Object>> lines, HttpHeaders headers) {

    Map<String, Object> summary() {
      return lines.getLast();
    }

    /** What every result says of an entry: its name and its status or code. */
    List<String> outcomes() {
      return lines.subList(0, lines.size() - 1).stream()
          .map(line -> line.get("entry") + " " + line.getOrDefault("code", line.get("status")))
          .toList();
    }
  }

  private RunningIngest(KafkaClients clients, Duration acknowledge, Duration patience) {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    this.service =
        IngestService.start(
            new IngestConfig("test", 2, 2, acknowledge, HTTP_BYTES, patience),
            clients,
            metrics,
            health);
    this.server = HttpServer.start(0, health, metrics, List.of(service.routes()));
  }

  static RunningIngest start(KafkaClients clients) {
    return start(clients, Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  static RunningIngest start(KafkaClients clients, Duration acknowledge, Duration patience) {
    return new RunningIngest(clients, acknowledge, patience);
  }

  int port() {
    return server.port();
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
    API.check(method, target, response);
    return new Answer(response.statusCode(), object(response.body()));
  }

  BatchAnswer batch(String contentType, BodyPublisher body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/v1/images/batch"))
            .timeout(Duration.ofMinutes(3))
            .header("Content-Type", contentType)
            .POST(body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    API.check("POST", "/v1/images/batch", response);
    return new BatchAnswer(
        response.statusCode(),
        new String(response.body(), StandardCharsets.UTF_8)
            .lines()
            .map(line -> object(line.getBytes(StandardCharsets.UTF_8)))
            .toList(),
        response.headers());
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
