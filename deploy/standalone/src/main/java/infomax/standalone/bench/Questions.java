package infomax.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.standalone.client.ApiClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a system: searches by id or by image, each for ten neighbours. Immutable and
 * thread-safe.
 *
 * @param kind {@code id} or {@code image}
 * @param requests as load sends them
 * @param bodies the same as JSON bodies, to be asked exactly as well
 */
record Questions(String kind, List<HttpRequest> requests, List<Map<String, Object>> bodies) {

  /** The k of every search. */
  static final int NEIGHBOURS = 10;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int PAGE = 1_000;

  Questions {
    requests = List.copyOf(requests);
    bodies = List.copyOf(bodies);
  }

  /** Searches for indexed images, picked at random. */
  static Questions byId(ApiClient api, int count, long seed)
      throws IOException, InterruptedException {
    List<String> ids = ids(api, count, new SplittableRandom(seed));
    List<HttpRequest> requests = new ArrayList<>();
    List<Map<String, Object>> bodies = new ArrayList<>();
    for (String id : ids) {
      Map<String, Object> body = Map.of("id", id, "k", NEIGHBOURS);
      bodies.add(body);
      requests.add(request(api.base().resolve("/v1/search"), "application/json", Json.write(body)));
    }
    return new Questions("id", requests, bodies);
  }

  /** Searches with images that are not indexed. */
  static Questions byImage(ApiClient api, ClusteredImages images, int count) {
    URI address = api.base().resolve("/v1/search?k=" + NEIGHBOURS);
    List<HttpRequest> requests = new ArrayList<>();
    List<Map<String, Object>> bodies = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      byte[] bytes = images.take().bytes();
      requests.add(request(address, "image/jpeg", bytes));
      bodies.add(Map.of("image", Base64.getEncoder().encodeToString(bytes), "k", NEIGHBOURS));
    }
    return new Questions("image", requests, bodies);
  }

  /** Ids of indexed images, every one equally likely (reservoir sampling). */
  private static List<String> ids(ApiClient api, int count, SplittableRandom random)
      throws IOException, InterruptedException {
    List<String> kept = new ArrayList<>();
    int seen = 0;
    @Nullable String next = "";
    while (next != null) {
      JsonNode page = api.get("/v1/images?limit=" + PAGE + next).json();
      for (JsonNode image : page.path("images")) {
        String id = image.path("id").asText();
        if (kept.size() < count) {
          kept.add(id);
        } else {
          int place = random.nextInt(seen + 1);
          if (place < count) {
            kept.set(place, id);
          }
        }
        seen++;
      }
      next = page.hasNonNull("cursor") ? "&cursor=" + page.path("cursor").asText() : null;
    }
    return kept;
  }

  /** One of them. */
  HttpRequest pick(SplittableRandom random) {
    return requests.get(random.nextInt(requests.size()));
  }

  private static HttpRequest request(URI address, String contentType, byte[] body) {
    return HttpRequest.newBuilder(address)
        .timeout(TIMEOUT)
        .header("content-type", contentType)
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }
}
