package infomax.standalone.client;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** The HTTP API of a running system. Thread-safe. */
public final class ApiClient implements AutoCloseable {

  private final URI base;
  private final Optional<String> key;
  private final HttpClient http;

  /** The API at {@code base}, such as {@code http://localhost:8080}, where no key is needed. */
  public ApiClient(URI base) {
    this(base, Optional.empty(), Optional.empty());
  }

  /**
   * The API at {@code base}.
   *
   * @param key API key, sent with each request
   * @param tls what is trusted; empty for what the JDK trusts
   */
  public ApiClient(URI base, Optional<String> key, Optional<SSLContext> tls) {
    this.base = base;
    this.key = key;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5));
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /**
   * An answer as it came.
   *
   * @param status HTTP status
   * @param body the whole body, not copied
   * @param entityTag the ETag without quotes, empty if there was none
   */
  @SuppressWarnings("ArrayRecordComponent") // a body, handed on and never compared
  public record Answer(int status, byte[] body, String entityTag) {

    /** True for 2xx. */
    public boolean succeeded() {
      return status / 100 == 2;
    }

    /** The body as JSON. */
    public JsonNode json() throws IOException {
      return Json.mapper().readTree(body);
    }

    /** What a problem+json body says, or the plain status. */
    public String problem() {
      if (status == 401) {
        return "the system wants an API key that it lets in: put it in INFOMAX_API_KEY, or in a file"
            + " named with --key-file";
      }
      try {
        String detail = json().path("detail").asText();
        return detail.isEmpty() ? "HTTP " + status : detail;
      } catch (IOException e) {
        return "HTTP " + status;
      }
    }
  }

  /** GET of a path such as {@code /v1/status}. */
  public Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET(), Duration.ofSeconds(20));
  }

  /** POST of a JSON body. */
  public Answer post(String path, Object body, Duration timeout)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.write(body))),
        timeout);
  }

  /** PUT of an image. */
  public Answer putImage(String id, byte[] bytes) throws IOException, InterruptedException {
    return send(
        request("/v1/images/" + encoded(id))
            .header("content-type", "application/octet-stream")
            .PUT(BodyPublishers.ofByteArray(bytes)),
        Duration.ofSeconds(30));
  }

  /** DELETE of an image. */
  public Answer delete(String id) throws IOException, InterruptedException {
    return send(request("/v1/images/" + encoded(id)).DELETE(), Duration.ofSeconds(30));
  }

  /** DELETE of a path such as {@code /v1/rejected?before=17}. */
  public Answer deleteAt(String path) throws IOException, InterruptedException {
    return send(request(path).DELETE(), Duration.ofSeconds(60));
  }

  /** Asks for a training; the answer names the request. */
  public Answer train(Map<String, ?> parameters) throws IOException, InterruptedException {
    return post("/v1/trainings", parameters, Duration.ofSeconds(30));
  }

  /** Content of an image. */
  public Answer content(String id) throws IOException, InterruptedException {
    return get("/v1/images/" + encoded(id) + "/content");
  }

  /** A path segment, percent-encoded. */
  public static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Where the API is. */
  public URI base() {
    return base;
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    key.ifPresent(given -> request.header("authorization", "Bearer " + given));
    return request;
  }

  private Answer send(HttpRequest.Builder request, Duration timeout)
      throws IOException, InterruptedException {
    try {
      HttpResponse<byte[]> answer =
          http.send(request.timeout(timeout).build(), BodyHandlers.ofByteArray());
      return new Answer(
          answer.statusCode(),
          answer.body(),
          answer.headers().firstValue("etag").orElse("").replace("\"", ""));
    } catch (ConnectException e) {
      throw new IOException(
          "nothing answers at "
              + base
              + "; start the system with ./infomax demo, or name its address with --url",
          e);
    } catch (SSLException e) {
      throw new IOException(
          base
              + " cannot be trusted: "
              + e.getMessage()
              + "; name the file of its certificate authority with --ca",
          e);
    } catch (HttpTimeoutException e) {
      throw new IOException(
          base + " did not answer within " + timeout.toSeconds() + " s; ask again later", e);
    }
  }
}
