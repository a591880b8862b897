package infomax.search;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.testing.OpenApi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** A client of the API, for tests; holds every answer against the API's description. */
final class Client implements AutoCloseable {

  private static final OpenApi API = OpenApi.ofSources();

  private final UnaryOperator<String> url;
  private final HttpClient http = HttpClient.newHttpClient();

  Client(SmallSystem system) {
    this(system::url);
  }

  /** A client that asks for paths at {@code url}. */
  Client(UnaryOperator<String> url) {
    this.url = url;
  }

  HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.apply(path)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
    API.check("GET", path, answer);
    return answer;
  }

  HttpResponse<byte[]> post(String path, String contentType, byte[] body) throws Exception {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url.apply(path)))
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofByteArray(body))
                .build(),
            BodyHandlers.ofByteArray());
    API.check("POST", path, answer);
    return answer;
  }

  HttpResponse<byte[]> post(String path, String json) throws Exception {
    return post(path, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  HttpClient http() {
    return http;
  }

  static JsonNode json(HttpResponse<byte[]> response) throws IOException {
    return Json.mapper().readTree(response.body());
  }

  @Override
  public void close() {
    http.close();
  }
}
