package infomax.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.runtime.access.ApiKey;
import infomax.runtime.access.ApiKeys;
import infomax.runtime.access.KeyFile;
import infomax.runtime.access.Scope;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.health.Health;
import infomax.runtime.tls.Pem;
import infomax.runtime.tls.TestIdentity;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys, limits, the audit log, headers and TLS of a service, by real HTTP. */
final class HttpAccessIT {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String READER = "infomax_reader";
  private static final String WRITER = "infomax_writer";
  private static final String ADMIN = "infomax_admin";
  private static final String OLD = "infomax_old";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Path keys;
  private Path audit;

  @BeforeEach
  void writeKeys() throws IOException {
    keys = folder.resolve("keys");
    audit = folder.resolve("audit.jsonl");
    replace(
        keys,
        String.join(
            "\n",
            "# of a test",
            line("reader", READER, Scope.READ),
            line("writer", WRITER, Scope.WRITE),
            line("admin", ADMIN, Scope.ADMIN),
            KeyFile.line(
                new ApiKey(
                    "old", ApiKeys.hash(OLD), Set.of(Scope.READ), Instant.EPOCH.plusSeconds(1)))));
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void aRouteNeedsAKeyWithItsScope() throws Exception {
    try (HttpServer server = start(new HttpConfig.Access(keys, false, null, null))) {
      HttpResponse<String> none = get(server, "/v1/things", null);
      assertProblem(none, 401, "key_missing");
      assertThat(none.headers().firstValue("www-authenticate"))
          .contains("Bearer realm=\"infomax\"");
      HttpResponse<String> unknown = get(server, "/v1/things", READER + "x");
      assertProblem(unknown, 401, "key_unknown");
      assertThat(unknown.headers().firstValue("www-authenticate").orElseThrow())
          .contains("error=\"invalid_token\"");
      assertThat(unknown.body()).doesNotContain(READER);
      assertProblem(get(server, "/v1/things", OLD), 401, "key_expired");
      assertProblem(
          send(request(server, "/v1/things").header("Authorization", "Basic " + READER)),
          401,
          "key_missing");
      assertThat(get(server, "/v1/things", READER).body()).isEqualTo("things");
      assertThat(
              send(request(server, "/v1/things").header("authorization", "bearer " + READER))
                  .statusCode())
          .isEqualTo(200);

      HttpResponse<String> refused = get(server, "/v1/things", WRITER);
      JsonNode problem = assertProblem(refused, 403, "scope_missing");
      assertThat(problem.path("scope").asText()).isEqualTo("read");
      assertThat(refused.headers().firstValue("www-authenticate").orElseThrow())
          .contains("error=\"insufficient_scope\"", "scope=\"read\"");
      assertThat(put(server, "a", WRITER).statusCode()).isEqualTo(202);
      assertProblem(put(server, "a", READER), 403, "scope_missing");
    }
  }

  @Test
  void whatSaysNoScopeNeedsAdminAndWhatIsOpenNeedsNothing() throws Exception {
    try (HttpServer server = start(new HttpConfig.Access(keys, false, null, null))) {
      assertProblem(get(server, "/v1/forgotten", READER), 403, "scope_missing");
      assertThat(get(server, "/v1/forgotten", ADMIN).statusCode()).isEqualTo(200);
      for (String open : List.of("/livez", "/readyz", "/open")) {
        assertThat(get(server, open, null).statusCode()).as(open).isEqualTo(200);
      }
      assertProblem(get(server, "/metrics", null), 401, "key_missing");
      assertThat(get(server, "/metrics", READER).statusCode()).isEqualTo(200);
    }
    try (HttpServer server = start(new HttpConfig.Access(keys, true, null, null))) {
      assertThat(get(server, "/metrics", null).statusCode()).isEqualTo(200);
    }
  }

  /** Other spellings of a path, and HEAD, reach a route by the same door or not at all. */
  @Test
  void thereIsNoWayAround() throws Exception {
    try (HttpServer server = start(new HttpConfig.Access(keys, false, null, null))) {
      HttpRequest.Builder head =
          request(server, "/v1/things").method("HEAD", BodyPublishers.noBody());
      assertThat(send(head).statusCode()).isEqualTo(401);
      for (String path :
          List.of(
              "/v1/things/",
              "//v1/things",
              "/v1/./things",
              "/v1/%74hings",
              "/v1/things;a=b",
              "/open/../v1/things",
              "/v1/things?x",
              "/V1/THINGS",
              "/open/%2e%2e/v1/things")) {
        String answer =
            raw(server, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).as(path).doesNotStartWith("HTTP/1.1 2").doesNotEndWith("things");
        assertThat(answer.substring(9, 12)).as(path).isIn("400", "401", "404");
      }
    }
  }

  /** Who is refused while still sending hears why, instead of a broken connection. */
  @Test
  void aRefusalReachesWhoIsStillSending() throws Exception {
    try (HttpServer server = start(new HttpConfig.Access(keys, false, null, null))) {
      for (int attempt = 0; attempt < 10; attempt++) {
        HttpRequest.Builder large =
            request(server, "/v1/things/a").PUT(BodyPublishers.ofByteArray(new byte[5 << 20]));
        assertProblem(send(large), 401, "key_missing");
      }
    }
  }

  /** A stranger who asks first, or announces too much, has nothing of its body read. */
  @Test
  void aRefusalComesBeforeTheBodyWhereTheCallerWaitsForIt() throws Exception {
    try (HttpServer server = start(new HttpConfig.Access(keys, false, null, null))) {
      for (String headers :
          List.of(
              "Content-Length: 5000000\r\nExpect: 100-continue",
              "Content-Length: 4294967296",
              "Content-Length: 4294967296\r\nExpect: 100-continue")) {
        String answer =
            raw(server, "PUT /v1/things/a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n");
        assertThat(answer)
            .as(headers)
            .startsWith("HTTP/1.1 401 ")
            .contains("key_missing")
            .containsIgnoringCase("connection: close");
      }
    }
  }

  @Test
  void aStrangerThatSendsSlowlyIsLeft() throws Exception {
    try (HttpServer server = start(new HttpConfig.Access(keys, false, null, null));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "PUT /v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        out.write(' ');
                        LockSupport.parkNanos(100_000_000);
                      }
                    } catch (IOException e) {
                      // It was left.
                    }
                  });
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 401 ").contains("key_missing");
      socket.close();
      sender.join();
    }
  }

  @Test
  void keysRotateWithoutARestartAndABrokenFileChangesNothing() throws Exception {
    Health health = new Health();
    try (HttpServer server = start(new HttpConfig.Access(keys, false, null, null), null, health)) {
      assertThat(get(server, "/v1/things", READER).statusCode()).isEqualTo(200);
      replace(keys, Files.readString(keys) + "\n" + line("reader-2", "infomax_next", Scope.READ));
      await()
          .atMost(PATIENCE)
          .until(() -> get(server, "/v1/things", "infomax_next").statusCode() == 200);
      assertThat(get(server, "/v1/things", READER).statusCode()).isEqualTo(200);
      replace(keys, line("reader-2", "infomax_next", Scope.READ));
      await().atMost(PATIENCE).until(() -> get(server, "/v1/things", READER).statusCode() == 401);
      assertThat(get(server, "/v1/things", "infomax_next").statusCode()).isEqualTo(200);

      replace(keys, "{\"name\":");
      await().atMost(PATIENCE).until(() -> !health.warnings().isEmpty());
      HttpResponse<String> ready = get(server, "/readyz", null);
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body()).contains("http-keys").doesNotContain(folder.toString());
      assertThat(get(server, "/v1/things", "infomax_next").statusCode()).isEqualTo(200);
      Files.delete(keys);
      replace(keys, line("reader-2", "infomax_next", Scope.READ));
      await().atMost(PATIENCE).until(() -> health.warnings().isEmpty());
    }
    replace(keys, "{\"name\":");
    assertThatThrownBy(() -> start(new HttpConfig.Access(keys, false, null, null)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("line 1 is no JSON object");
  }

  @Test
  void whoAsksTooOftenIsToldWhenToAskAgain() throws Exception {
    HttpConfig.Rate rate = new HttpConfig.Rate(0.01, 2);
    try (HttpServer server = start(new HttpConfig.Access(keys, false, rate, null))) {
      for (int request = 0; request < 2; request++) {
        assertThat(get(server, "/v1/things", READER).statusCode()).isEqualTo(200);
      }
      HttpResponse<String> refused = get(server, "/v1/things", READER);
      assertProblem(refused, 429, "too_many_requests");
      assertThat(Integer.parseInt(refused.headers().firstValue("retry-after").orElseThrow()))
          .isBetween(90, 100);
      assertThat(put(server, "a", WRITER).statusCode()).isEqualTo(202);
      assertProblem(get(server, "/v1/things", null), 401, "key_missing");
      assertProblem(get(server, "/v1/things", "guess"), 401, "key_unknown");
      assertProblem(get(server, "/v1/things", "guess"), 429, "too_many_requests");
      assertThat(get(server, "/livez", null).statusCode()).isEqualTo(200);
    }
    try (HttpServer server = start(new HttpConfig.Access(null, false, rate, null))) {
      assertThat(get(server, "/v1/things", null).statusCode()).isEqualTo(200);
      assertThat(get(server, "/v1/things", null).statusCode()).isEqualTo(200);
      assertProblem(get(server, "/v1/things", null), 429, "too_many_requests");
    }
  }

  @Test
  void writesAndAdministrationAreWrittenDown() throws Exception {
    try (HttpServer server = start(new HttpConfig.Access(keys, false, null, audit))) {
      get(server, "/v1/things", READER);
      HttpRequest.Builder write =
          request(server, "/v1/things/caf%C3%A9%0A%7B%7D")
              .header("Authorization", "Bearer " + WRITER)
              .header("X-Request-Id", "mine-1")
              .PUT(BodyPublishers.ofString("secret bytes"));
      assertThat(send(write).headers().firstValue("x-request-id")).contains("mine-1");
      put(server, "a", null);
      put(server, "a", READER);
      HttpResponse<String> failed = get(server, "/v1/forgotten?fail=1", ADMIN);
      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.headers().firstValue("cache-control")).contains("no-store");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(Files.readAllLines(audit)).hasSize(4));
      List<JsonNode> lines =
          Files.readAllLines(audit).stream()
              .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8), JsonNode.class))
              .toList();
      JsonNode done = lines.getFirst();
      assertThat(done.path("key").asText()).isEqualTo("writer");
      assertThat(done.path("address").asText()).isEqualTo("127.0.0.1");
      assertThat(done.path("method").asText()).isEqualTo("PUT");
      assertThat(done.path("route").asText()).isEqualTo("/v1/things/{id}");
      assertThat(done.path("id").asText()).isEqualTo("café\n{}");
      assertThat(done.path("status").asInt()).isEqualTo(202);
      assertThat(done.path("outcome").asText()).isEqualTo("done");
      assertThat(done.path("requestId").asText()).isEqualTo("mine-1");
      assertThat(Instant.parse(done.path("at").asText())).isBefore(Instant.now().plusSeconds(1));
      assertThat(lines.get(1).path("key").isNull()).isTrue();
      assertThat(lines.get(1).path("code").asText()).isEqualTo("key_missing");
      assertThat(lines.get(2).path("key").asText()).isEqualTo("reader");
      assertThat(lines.get(2).path("outcome").asText()).isEqualTo("refused");
      assertThat(lines.get(3).path("outcome").asText()).isEqualTo("failed");
      assertThat(Files.readString(audit)).doesNotContain("secret bytes", WRITER, READER, ADMIN);
    }
  }

  @Test
  void everyAnswerHasItsHeaders() throws Exception {
    try (HttpServer server = start(HttpConfig.Access.FREE)) {
      for (String path :
          List.of("/v1/things", "/nowhere", "/livez", "/v1/forgotten?fail=1", "/open")) {
        HttpResponse<String> answer = get(server, path, null);
        assertThat(answer.headers().firstValue("x-content-type-options"))
            .as(path)
            .contains("nosniff");
        assertThat(answer.headers().firstValue("referrer-policy")).as(path).contains("no-referrer");
        assertThat(answer.headers().allValues("content-security-policy"))
            .as(path)
            .containsExactly(
                path.equals("/open")
                    ? "default-src 'self'"
                    : "default-src 'none'; frame-ancestors 'none'");
        assertThat(answer.headers().firstValue("x-request-id")).as(path).isPresent();
        assertThat(answer.headers().firstValue("server")).as(path).isEmpty();
        assertThat(answer.headers().firstValue("strict-transport-security")).isEmpty();
      }
      String bad = raw(server, "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(bad)
          .startsWith("HTTP/1.1 400")
          .contains("\"code\":\"bad_request\"")
          .containsIgnoringCase("x-content-type-options: nosniff");
    }
  }

  @Test
  void speaksTlsAndTakesANewCertificateWithoutARestart() throws Exception {
    TestIdentity first = TestIdentity.make(folder, "first");
    TestIdentity second = TestIdentity.make(folder, "second");
    Path chain = folder.resolve("chain.pem");
    Path key = folder.resolve("key.pem");
    replace(chain, first.certificate());
    replace(key, first.key());
    Path authorities = folder.resolve("ca.pem");
    replace(authorities, first.certificate() + second.certificate());
    Health health = new Health();
    try (HttpServer server =
        start(HttpConfig.Access.FREE, new HttpConfig.Tls(chain, key), health)) {
      SSLContext trusting = Pem.trusting(authorities);
      HttpResponse<String> answer = get(trusting, server);
      assertThat(answer.body()).isEqualTo("things");
      assertThat(answer.headers().firstValue("strict-transport-security"))
          .contains("max-age=31536000");
      assertThat(subject(answer)).isEqualTo("CN=first");
      assertThatThrownBy(() -> get(SSLContext.getDefault(), server))
          .isInstanceOf(SSLHandshakeException.class);

      // Half of the new pair is not taken into use.
      replace(chain, second.certificate());
      await().atMost(PATIENCE).until(() -> health.warnings().containsKey("http-tls"));
      assertThat(subject(get(trusting, server))).isEqualTo("CN=first");
      replace(key, second.key());
      await().atMost(PATIENCE).until(() -> subject(get(trusting, server)).equals("CN=second"));
      assertThat(health.warnings()).isEmpty();
    }
    replace(key, "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ==\n-----END EC PRIVATE KEY-----\n");
    assertThatThrownBy(
            () -> start(HttpConfig.Access.FREE, new HttpConfig.Tls(chain, key), new Health()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("openssl pkcs8 -topk8")
        .hasMessageNotContaining("MHcCAQ");
  }

  private HttpServer start(HttpConfig.Access access) {
    return start(access, null, new Health());
  }

  private HttpServer start(HttpConfig.Access access, HttpConfig.Tls tls, Health health) {
    return HttpServer.start(
        new HttpConfig("127.0.0.1", 0, access, tls),
        health,
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        List.of(
            routes -> {
              routes.get("/v1/things", context -> context.result("things"), Scope.READ);
              routes.put("/v1/things/{id}", context -> context.status(202), Scope.WRITE);
              routes.get(
                  "/v1/forgotten",
                  context -> {
                    if (context.queryParam("fail") != null) {
                      throw new IllegalStateException("on purpose");
                    }
                  });
              routes.get(
                  "/open",
                  context ->
                      context
                          .header("Content-Security-Policy", "default-src 'self'")
                          .html("<p>page"),
                  Scope.OPEN);
            }));
  }

  private static String line(String name, String key, Scope scope) {
    return KeyFile.line(new ApiKey(name, ApiKeys.hash(key), Set.of(scope), null));
  }

  /** Replaced as a whole, as deployments do. */
  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static JsonNode assertProblem(HttpResponse<String> answer, int status, String code)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    JsonNode body = Json.mapper().readTree(answer.body());
    assertThat(body.path("code").asText()).isEqualTo(code);
    return body;
  }

  private HttpResponse<String> get(HttpServer server, String path, String key) throws Exception {
    HttpRequest.Builder request = request(server, path);
    return send(key == null ? request : request.header("Authorization", "Bearer " + key));
  }

  private HttpResponse<String> put(HttpServer server, String id, String key) throws Exception {
    HttpRequest.Builder request =
        request(server, "/v1/things/" + id).PUT(BodyPublishers.ofString("x"));
    return send(key == null ? request : request.header("Authorization", "Bearer " + key));
  }

  private static HttpRequest.Builder request(HttpServer server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** On a connection of its own, so that there is a handshake. */
  private static HttpResponse<String> get(SSLContext tls, HttpServer server) throws Exception {
    try (HttpClient own = HttpClient.newBuilder().sslContext(tls).build()) {
      return own.send(
          HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/v1/things"))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String subject(HttpResponse<String> answer) throws Exception {
    return ((X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0])
        .getSubjectX500Principal()
        .getName();
  }

  private static String raw(HttpServer server, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        InputStream in = socket.getInputStream()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
