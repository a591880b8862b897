package infomax.ingest.bench;

import infomax.events.Json;
import infomax.events.image.RejectionReason;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Uploads by HTTP. Thread-safe. */
final class HttpUploads implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String images;

  HttpUploads(int port) {
    this.images = "http://127.0.0.1:" + port + "/v1/images/";
  }

  /**
   * An answer.
   *
   * @param status HTTP status
   * @param reason why it was refused, if it was and says so
   */
  record Answer(int status, Optional<RejectionReason> reason) {

    boolean isAccepted() {
      return status == 202;
    }

    /** The service has no room for it now. */
    boolean isBusy() {
      return status == 503 || status == 429;
    }
  }

  Answer put(String id, BodyPublisher body) throws IOException, InterruptedException {
    URI target =
        URI.create(images + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20"));
    HttpResponse<byte[]> response =
        client.send(
            HttpRequest.newBuilder(target).timeout(TIMEOUT).PUT(body).build(),
            BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), reason(response));
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }

  private static Optional<RejectionReason> reason(HttpResponse<byte[]> response) {
    if (response.statusCode() < 400) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          RejectionReason.ofCode(Json.mapper().readTree(response.body()).path("code").asText()));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
