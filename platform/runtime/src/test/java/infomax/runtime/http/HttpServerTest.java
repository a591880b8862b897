package infomax.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.health.CheckResult;
import infomax.runtime.health.Health;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {

  private final AtomicReference<CheckResult> broker = new AtomicReference<>(CheckResult.ok());
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpServer server = start();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void aProblemSaysWhatIsWrong() throws Exception {
    HttpResponse<String> answer = get("/teapot");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    JsonNode body = Json.mapper().readTree(answer.body());
    assertThat(body.path("code").asText()).isEqualTo("not_coffee");
    assertThat(body.path("detail").asText()).isEqualTo("tea is not coffee");
    assertThat(body.path("status").asInt()).isEqualTo(422);
    assertThat(body.path("limit").asInt()).isEqualTo(3);
  }

  @Test
  void anUnknownPathAndABugAreProblemsToo() throws Exception {
    assertThat(Json.mapper().readTree(get("/nowhere").body()).path("code").asText())
        .isEqualTo("not_found");
    HttpResponse<String> bug = get("/bug");
    assertThat(bug.statusCode()).isEqualTo(500);
    assertThat(bug.body()).contains("internal_error").doesNotContain("secret");
  }

  @Test
  void readinessFollowsTheChecks() throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    broker.set(CheckResult.failed("no answer"));
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("\"broker\":\"no answer\"");
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsAreServed() throws Exception {
    metrics.counter("infomax.test").increment();
    assertThat(get("/metrics").body()).contains("infomax_test_total 1.0");
  }

  @Test
  void aTakenPortIsSaidPlainly() {
    assertThatThrownBy(() -> HttpServer.start(server.port(), new Health(), metrics, List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "port "
                + server.port()
                + " is taken; stop what listens there or choose another with --port");
  }

  private HttpServer start() {
    Health health = new Health();
    health.addReadiness("broker", broker::get);
    return HttpServer.start(
        0,
        health,
        metrics,
        List.of(
            routes -> {
              routes.get(
                  "/teapot",
                  context -> {
                    throw Problem.of(422, "not_coffee", "tea is not coffee").with("limit", 3);
                  });
              routes.get(
                  "/bug",
                  context -> {
                    throw new IllegalStateException("secret");
                  });
            }));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
