package infomax.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.health.CheckResult;
import infomax.runtime.health.Health;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {

  private final AtomicReference<CheckResult> broker = new AtomicReference<>(CheckResult.ok());
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Semaphore begun = new Semaphore(0);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
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

  @Test
  void aClientThatHangsUpEndsItsWork() throws Exception {
    assertThat(hangUp()).isEqualTo("client_gone, not interrupted any more");
  }

  @Test
  void aRequestSentAheadIsAnsweredAfterTheOneBefore() throws Exception {
    try (Socket patient = connect()) {
      ask(patient, "/wait");
      assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      ask(patient, "/livez");
      // Whoever hangs up is noticed by looking at all: twice, so that the patient one surely was.
      hangUp();
      hangUp();
      assertThat(ended).isEmpty();
      goOn.countDown();
      patient.setSoTimeout(10_000);
      BufferedReader answers =
          new BufferedReader(
              new InputStreamReader(patient.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(answers.lines().filter(line -> line.startsWith("HTTP/")).limit(2))
          .containsExactly("HTTP/1.1 200 OK", "HTTP/1.1 200 OK");
    }
  }

  /** Hangs up on a request at work, and tells how the work ended. */
  private @Nullable String hangUp() throws Exception {
    try (Socket socket = connect()) {
      ask(socket, "/wait");
      assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
    return ended.poll(10, TimeUnit.SECONDS);
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port());
  }

  private static void ask(Socket socket, String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private void waitForIt(Context context) throws InterruptedException {
    try {
      ClientWatch.whileConnected(
          context,
          () -> {
            begun.release();
            goOn.await();
            return "";
          });
    } catch (Problem problem) {
      ended.add(
          problem.code()
              + (Thread.currentThread().isInterrupted() ? "" : ", not interrupted any more"));
      throw problem;
    }
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
              routes.get("/wait", this::waitForIt);
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
