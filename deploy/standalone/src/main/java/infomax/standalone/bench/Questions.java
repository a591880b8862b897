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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.SplittableRandom;

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
  private static final int SAMPLE_MAX = 200;

  Questions {
    requests = List.copyOf(requests);
    bodies = List.copyOf(bodies);
  }

  /** Searches for indexed images, picked at random. */
  static Questions byId(ApiClient api, int count, long seed)
      throws IOException, InterruptedException {
    SequencedSet<String> ids = new LinkedHashSet<>();
    for (int part = 0; ids.size() < count && part < 4 * (count / SAMPLE_MAX + 1); part++) {
      String path = "/v1/images?sample=" + SAMPLE_MAX + "&seed=" + (seed * 1_000 + part);
      for (JsonNode image : api.get(path).json().path("images")) {
        ids.add(image.path("id").asText());
      }
    }
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
