package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.imaging.ImageIntake;
import infomax.runtime.health.Health;
import infomax.runtime.http.BodyRoom;
import infomax.runtime.http.HttpServer;
import infomax.search.live.LogEnd;
import infomax.search.live.ServedImages;
import infomax.search.query.Answering;
import infomax.search.query.Duplicates;
import infomax.search.query.ImageSearch;
import infomax.search.query.IndexedImages;
import infomax.search.query.SearchMeters;
import infomax.search.query.SearchRoutes;
import infomax.testing.OpenApi;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Filters, pages, groups, examples, batches and listings over HTTP, on a real index and encoder but
 * without a broker. Every answer is held against the API's description by the client.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SearchApiTest {

  private static final int IMAGES = 120;
  private static final List<String> LABELS = List.of("cat", "dog", "bird");
  private static final Pattern REQUEST =
      Pattern.compile("```http\n(GET|POST) (\\S+)\n(.*?)```", Pattern.DOTALL);

  private ServedImages images;
  private HttpServer server;
  private Client client;

  @BeforeAll
  void start(@TempDir Path folder) {
    images = new ServedImages(folder, 1);
    for (int number = 0; number < IMAGES; number++) {
      Map<String, Object> metadata = new HashMap<>();
      metadata.put("label", LABELS.get(number % LABELS.size()));
      metadata.put("price", number);
      metadata.put("taken", "2026-01-%02dT12:00:00Z".formatted(1 + number % 28));
      metadata.put("shop", (number % 2 == 0 ? "north-" : "south-") + number % 5);
      if (number % 10 == 9) {
        metadata.put("sold", true);
      }
      images.put("photo-" + number, Pictures.canonical(number, 32), metadata);
    }
    // The same picture twice more.
    images.put("copy-1", Pictures.canonical(7, 32), Map.of("label", "copy"));
    images.put("copy-2", Pictures.canonical(7, 32), Map.of("label", "copy"));
    images.publish();
    Answering answering = new Answering(images.loaded(), images.past(), new LogEnd(null), 4);
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    SearchMeters meters = new SearchMeters(metrics);
    SearchRoutes routes =
        new SearchRoutes(
            new ImageSearch(answering, ImageIntake.create(2), _ -> {}, meters, _ -> {}),
            new IndexedImages(answering, _ -> {}),
            new Duplicates(answering),
            meters,
            new BodyRoom(64 << 20));
    server = HttpServer.start(0, new Health(), metrics, List.of(routes));
    client = new Client(path -> "http://127.0.0.1:" + server.port() + path);
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
    images.close();
  }

  @Test
  void filtersAndSaysWhichPathRan() throws Exception {
    JsonNode answer =
        found(
            """
            {"id": "photo-1", "k": 50, "filter": {"must": [{"key": "label", "eq": "cat"},
              {"key": "price", "range": {"lt": 60}},
              {"key": "taken", "range": {"gte": "2026-01-05T00:00:00+01:00"}}],
              "must_not": [{"key": "sold", "exists": true}]}}
            """);
    List<String> expected =
        IntStream.range(0, 60)
            .filter(number -> number % 3 == 0 && number % 28 >= 4 && number % 10 != 9)
            .mapToObj(number -> "photo-" + number)
            .toList();
    assertThat(ids(answer.get("hits"))).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(answer.get("matches").asInt()).isEqualTo(expected.size());
    assertThat(answer.get("path").asText()).isEqualTo("scan");
    assertThat(answer.get("exact").asBoolean()).isTrue();
    JsonNode unfiltered = found("{\"id\": \"photo-1\"}");
    assertThat(unfiltered.get("path").asText()).isEqualTo("graph");
    assertThat(unfiltered.has("matches")).isFalse();
    String filter = encoded("{\"must\":[{\"key\":\"label\",\"eq\":\"dog\"}]}");
    JsonNode byImage =
        Client.json(
            client.post("/v1/search?k=100&filter=" + filter, "image/png", Pictures.png(1, 32)));
    assertThat(byImage.get("matches").asInt()).isEqualTo(IMAGES / 3);
    assertThat(byImage.get("hits").get(0).get("id").asText()).isEqualTo("photo-1");
  }

  @Test
  void saysWhereTheTimeWent() throws Exception {
    HttpResponse<byte[]> byId = client.post("/v1/search", "{\"id\":\"photo-1\"}");
    assertThat(byId.headers().firstValue("Server-Timing").orElseThrow())
        .matches("search;dur=\\d+\\.\\d{3}, fetch;dur=\\d+\\.\\d{3}, total;dur=\\d+\\.\\d{3}");
    HttpResponse<byte[]> byImage = client.post("/v1/search", "image/png", Pictures.png(1, 32));
    String timing = byImage.headers().firstValue("Server-Timing").orElseThrow();
    double[] millis =
        Arrays.stream(timing.split(", ", -1))
            .mapToDouble(entry -> Double.parseDouble(entry.split("=", -1)[1]))
            .toArray();
    assertThat(timing).matches("decode.*embed.*search.*fetch.*total.*");
    // Rounded to microseconds, each by at most half of one.
    assertThat(Arrays.stream(millis, 0, 4).sum()).isBetween(0.004, millis[4] + 0.003);
  }

  @Test
  void pagesOfOneGenerationFollowOneAnother() throws Exception {
    List<String> whole = ids(found("{\"id\":\"photo-3\",\"k\":30,\"exact\":true}").get("hits"));
    List<String> pages = new ArrayList<>();
    for (int offset = 0; offset < 30; offset += 10) {
      pages.addAll(
          ids(
              found(
                      "{\"id\":\"photo-3\",\"k\":10,\"exact\":true,\"generation\":1,\"offset\":"
                          + offset
                          + "}")
                  .get("hits")));
    }
    assertThat(pages).isEqualTo(whole);
    refused("{\"id\":\"photo-3\",\"offset\":10}", 400, "generation_required", "generation");
    JsonNode problem =
        refused(
            "{\"id\":\"photo-3\",\"generation\":8}", 409, "generation_not_loaded", "generation");
    assertThat(problem.get("expected").get(0).asInt()).isEqualTo(1);
  }

  /** The same image once more: nothing but its position differs. */
  @Test
  void answersFromAPublicationOfThePast() throws Exception {
    String all = "{\"id\":\"photo-1\",\"k\":1000,\"exact\":true,\"include\":[\"position\"]%s}";
    JsonNode before = found(all.formatted(""));
    long publication = before.get("publication").asLong();
    images.put("copy-2", Pictures.canonical(7, 32), Map.of("label", "copy"));
    images.publish();
    assertThat(found(all.formatted("")).get("hits")).isNotEqualTo(before.get("hits"));
    for (String asOf :
        List.of(Long.toString(publication), "\"" + before.get("publishedAt").asText() + "\"")) {
      JsonNode past = found(all.formatted(",\"asOf\":" + asOf));
      assertThat(past.get("hits")).isEqualTo(before.get("hits"));
      assertThat(past.get("positions")).isEqualTo(before.get("positions"));
      assertThat(past.get("publication").asLong()).isEqualTo(publication);
      assertThat(past.get("generation").asInt()).isEqualTo(1);
    }
    JsonNode neighbours =
        Client.json(client.get("/v1/images/photo-1/neighbours?asOf=" + publication));
    assertThat(neighbours.get("publication").asLong()).isEqualTo(publication);
    for (String asOf : List.of("99", "\"2000-01-01T00:00:00Z\"", "\"2999-01-01T00:00:00+01:00\"")) {
      JsonNode problem =
          refused(all.formatted(",\"asOf\":" + asOf), 404, "publication_not_available", "asOf");
      assertThat(problem.at("/oldest/publication").asLong()).isEqualTo(1);
      assertThat(problem.at("/newest/publication").asLong()).isEqualTo(publication + 1);
      assertThat(problem.get("detail").asText()).contains("expected a publication");
    }
    refused(all.formatted(",\"asOf\":\"yesterday\""), 400, "invalid_value", "asOf");
    refused(
        all.formatted(",\"asOf\":1,\"consistency\":{\"tokens\":[{\"partition\":0,\"offset\":0}]}"),
        400,
        "invalid_value",
        "asOf");
  }

  @Test
  void answersABatchAsItsSearchesOneByOne() throws Exception {
    String png = Base64.getEncoder().encodeToString(Pictures.png(11, 32));
    List<String> searches =
        List.of(
            "{\"id\":\"photo-4\",\"k\":3}",
            "{\"image\":\"" + png + "\",\"k\":4}",
            "{\"id\":\"photo-5\",\"k\":2,\"groupBy\":\"label\"}",
            "{\"examples\":{\"positive\":[{\"image\":\"" + png + "\"}]},\"k\":2}");
    HttpResponse<byte[]> answer =
        client.post("/v1/search/batch", "{\"searches\":[" + String.join(",", searches) + "]}");
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode batch = Client.json(answer);
    assertThat(batch.get("generation").asInt()).isEqualTo(1);
    for (int ordinal = 0; ordinal < searches.size(); ordinal++) {
      JsonNode single = found(searches.get(ordinal));
      JsonNode result = batch.get("results").get(ordinal);
      assertThat(result.get("hits")).isEqualTo(single.get("hits"));
      assertThat(result.get("groups")).isEqualTo(single.get("groups"));
    }
    HttpResponse<byte[]> bad =
        client.post(
            "/v1/search/batch", "{\"searches\":[{\"id\":\"photo-1\"},{\"id\":\"nobody\"}]}");
    assertThat(bad.statusCode()).isEqualTo(404);
    assertThat(Client.json(bad).get("detail").asText()).contains("nobody");
  }

  @Test
  void examplesAreNoHitsAndSteer() throws Exception {
    for (String strategy : List.of("average", "best_score")) {
      JsonNode answer =
          found(
              "{\"k\":100,\"exact\":true,\"examples\":{\"positive\":[\"photo-1\",\"photo-5\"],"
                  + "\"negative\":[\"photo-2\"],\"strategy\":\""
                  + strategy
                  + "\"}}");
      assertThat(ids(answer.get("hits"))).doesNotContain("photo-1", "photo-5", "photo-2");
    }
    List<String> alone = ids(found("{\"id\":\"photo-1\",\"k\":11,\"exact\":true}").get("hits"));
    List<String> asExample =
        ids(found("{\"examples\":{\"positive\":[\"photo-1\"]},\"exact\":true}").get("hits"));
    assertThat(asExample).isEqualTo(alone.subList(1, 11));
    JsonNode away =
        found(
            "{\"k\":100,\"examples\":{\"positive\":[\"photo-1\"],\"negative\":[\"photo-2\"],"
                + "\"strategy\":\"best_score\"}}");
    JsonNode hits = away.get("hits");
    assertThat(hits.get(0).get("score").asDouble()).isPositive();
    assertThat(hits.get(hits.size() - 1).get("score").asDouble()).isNegative();
    refused(
        "{\"examples\":{\"positive\":[\"photo-1\"],\"negative\":[\"photo-1\",\"photo-1\"]},"
            + "\"encoder\":5}",
        409,
        "encoder_mismatch",
        "encoder");
  }

  @Test
  void groupsThinsOutAndIncludes() throws Exception {
    JsonNode groups = found("{\"id\":\"photo-1\",\"k\":3,\"groupBy\":\"label\",\"groupSize\":2}");
    assertThat(groups.has("hits")).isFalse();
    for (JsonNode group : groups.get("groups")) {
      assertThat(group.get("hits")).hasSize(2);
      group
          .get("hits")
          .forEach(
              hit -> assertThat(hit.get("metadata").get("label")).isEqualTo(group.get("value")));
    }
    List<String> plain = ids(found("{\"id\":\"photo-7\",\"k\":3}").get("hits"));
    List<String> diverse = ids(found("{\"id\":\"photo-7\",\"k\":3,\"diversity\":0.9}").get("hits"));
    assertThat(plain).containsExactlyInAnyOrder("photo-7", "copy-1", "copy-2");
    assertThat(diverse).hasSize(3).isNotEqualTo(plain);
    JsonNode bare =
        found("{\"id\":\"photo-1\",\"k\":2,\"include\":[\"digest\",\"position\",\"vector\"]}");
    assertThat(bare.get("hits").get(0).has("metadata")).isFalse();
    assertThat(bare.get("hits").get(0).get("vector")).hasSize(ServedImages.DIMENSIONS);
    JsonNode close = found("{\"id\":\"photo-7\",\"k\":100,\"minScore\":0.999999}");
    assertThat(ids(close.get("hits"))).contains("photo-7", "copy-1", "copy-2");
    assertThat(close.get("hits").size()).isLessThan(IMAGES / 2);
  }

  @Test
  void anImageIsNoNeighbourOfItsOwn() throws Exception {
    JsonNode neighbours =
        Client.json(client.get("/v1/images/photo-3/neighbours?k=5&exact=true&include=digest"));
    List<String> search = ids(found("{\"id\":\"photo-3\",\"k\":6,\"exact\":true}").get("hits"));
    assertThat(ids(neighbours.get("hits"))).isEqualTo(search.subList(1, 6));
    assertThat(client.get("/v1/images/nobody/neighbours").statusCode()).isEqualTo(404);
  }

  @Test
  void listsWhatMatchesInParts() throws Exception {
    String filter = encoded("{\"should\":[{\"key\":\"_id\",\"prefix\":\"photo-1\"}]}");
    List<String> listed = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode part = Client.json(client.get("/v1/images?limit=7&filter=" + filter + cursor));
      listed.addAll(ids(part.get("images")));
      assertThat(part.get("matches").asInt()).isEqualTo(31);
      cursor = part.get("cursor").isNull() ? "" : "&cursor=" + part.get("cursor").asText();
    } while (!cursor.isEmpty());
    assertThat(listed).hasSize(31).isSorted();
    JsonNode withVector =
        Client.json(client.get("/v1/images?limit=1&vector=true")).get("images").get(0);
    assertThat(withVector.get("vector")).hasSize(ServedImages.DIMENSIONS);
    assertThat(client.get("/v1/images?cursor=%25").statusCode()).isEqualTo(400);
    assertThat(client.get("/v1/images?sample=3&limit=1").statusCode()).isEqualTo(400);
    JsonNode newest = Client.json(client.get("/v1/images?newest=9")).get("images");
    assertThat(newest).hasSize(9);
    assertThat(newest.findValuesAsText("timestamp").stream().map(Instant::parse).toList())
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(client.get("/v1/images?newest=9&limit=1").statusCode()).isEqualTo(400);
    assertThat(client.get("/v1/images?filter=%7B").statusCode()).isEqualTo(400);
  }

  @Test
  void tellsEveryGroupOfDuplicatesOnce() throws Exception {
    List<List<String>> groups = new ArrayList<>();
    String cursor = "";
    int examined = 0;
    do {
      JsonNode part =
          Client.json(client.get("/v1/duplicates?minScore=0.9999999&limit=40" + cursor));
      part.get("groups").forEach(group -> groups.add(ids(group.get("images"))));
      examined += part.get("examined").asInt();
      cursor = part.get("cursor").isNull() ? "" : "&cursor=" + part.get("cursor").asText();
    } while (!cursor.isEmpty());
    assertThat(examined).isEqualTo(IMAGES + 2);
    assertThat(groups).contains(List.of("copy-1", "copy-2", "photo-7"));
    List<String> all = groups.stream().flatMap(List::stream).toList();
    assertThat(all).doesNotHaveDuplicates();
  }

  @Test
  void refusesWhatIsTooMuchOrTooLate() throws Exception {
    HttpResponse<byte[]> late =
        client.post("/v1/search", "{\"id\":\"photo-1\",\"timeLimit\":\"0ms\"}");
    assertThat(late.statusCode()).isEqualTo(503);
    assertThat(late.headers().firstValue("Retry-After")).contains("1");
    assertThat(Client.json(late).get("code").asText()).isEqualTo("out_of_time");
    refused("{\"id\":\"photo-1\",\"maxLag\":5}", 503, "lag_unknown", null);
    refused("{\"id\":\"photo-1\",\"k\":1001}", 400, "invalid_value", "k");
    assertThat(client.post("/v1/search/batch", "image/png", new byte[1]).statusCode())
        .isEqualTo(415);
    assertThat(client.get("/v1/duplicates?limit=5001").statusCode()).isEqualTo(400);
    assertThat(client.get("/v1/images?limit=1001").statusCode()).isEqualTo(400);
  }

  @Test
  void imagesThatTakeTooLongToDecodeEndTheRequestInTime() throws Exception {
    // 3,000 x 3,000 pixels of one colour in few bytes: some 50 ms each, half a minute in all.
    String image = Base64.getEncoder().encodeToString(Pictures.blank(3_000));
    String search =
        "{\"examples\":{\"positive\":[%s]}}"
            .formatted(String.join(",", Collections.nCopies(50, "{\"image\":\"" + image + "\"}")));
    String searches = String.join(",", Collections.nCopies(10, search));
    long startNanos = System.nanoTime();
    HttpResponse<byte[]> answer =
        client.post(
            "/v1/search/batch", "{\"timeLimit\":\"300ms\",\"searches\":[" + searches + "]}");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(Client.json(answer).get("code").asText()).isEqualTo("out_of_time");
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(5));
    assertThat(found("{\"id\":\"photo-1\"}").get("hits")).isNotEmpty();
  }

  @Test
  void bodiesThatFindNoRoomAreRefusedAndOthersAnswered() throws Exception {
    byte[] tooLong = new byte[(int) HttpServer.BODY_BYTES_MAX + 1];
    assertThat(client.post("/v1/search", "image/png", tooLong).statusCode()).isEqualTo(413);
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      slow.getOutputStream()
          .write(
              """
              POST /v1/search HTTP/1.1\r
              Host: localhost\r
              Content-Type: application/json\r
              Content-Length: 15000000\r
              \r
              {"""
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] large = new byte[8 << 20];
      await()
          .untilAsserted(
              () -> {
                HttpResponse<byte[]> refused = client.post("/v1/search", "application/json", large);
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(Client.json(refused).get("code").asText()).isEqualTo("busy");
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
              });
      assertThat(found("{\"id\":\"photo-1\"}").get("hits")).isNotEmpty();
    }
  }

  /** Strict reading tells what it would accept: exactly what is documented. */
  @Test
  void documentsExactlyTheParametersAndMembersThatAreRead() throws Exception {
    OpenApi api = OpenApi.ofSources();
    SortedSet<String> routes = api.routes();
    routes.removeAll(api.tagged("uploads"));
    for (String route : routes) {
      List<String> parameters = api.queryParameters(route);
      if (parameters.isEmpty()) {
        continue;
      }
      String path = route.split(" ", 2)[1].replace("{id}", "photo-1") + "?no-such=1";
      HttpResponse<byte[]> answer =
          route.startsWith("GET")
              ? client.get(path)
              : client.post(path, "image/png", Pictures.png(1, 32));
      assertThat(accepted(answer)).as(route).containsExactlyInAnyOrderElementsOf(parameters);
    }
    for (String route : List.of("POST /v1/search", "POST /v1/search/batch")) {
      assertThat(accepted(client.post(route.split(" ", 2)[1], "{\"no-such\":1}")))
          .as(route)
          .containsExactlyInAnyOrderElementsOf(api.bodyMembers(route));
    }
    Map<String, String> inner =
        Map.of(
            "Search", "/v1/search/batch {\"searches\":[{\"no-such\":1}]}",
            "Filter", "/v1/search {\"id\":\"a\",\"filter\":{\"no-such\":1}}",
            "Condition", "/v1/search {\"id\":\"a\",\"filter\":{\"must\":[{\"no-such\":1}]}}",
            "Range",
                "/v1/search {\"id\":\"a\",\"filter\":{\"must\":[{\"key\":\"a\",\"range\":"
                    + "{\"no-such\":1}}]}}",
            "Examples", "/v1/search {\"examples\":{\"no-such\":1}}",
            "Point", "/v1/search {\"examples\":{\"positive\":[{\"no-such\":1}]}}",
            "Consistency", "/v1/search {\"id\":\"a\",\"consistency\":{\"no-such\":1}}",
            "Token", "/v1/search {\"id\":\"a\",\"consistency\":{\"tokens\":[{\"no-such\":1}]}}");
    for (Map.Entry<String, String> each : inner.entrySet()) {
      String[] request = each.getValue().split(" ", 2);
      assertThat(accepted(client.post(request[0], request[1])))
          .as(each.getKey())
          .containsExactlyInAnyOrderElementsOf(api.members(each.getKey()));
    }
  }

  @Test
  void everyRequestOfTheGuideForNewcomersIsAnswered() throws Exception {
    String guide =
        Files.readString(Path.of(System.getProperty("infomax.root"), "docs", "coming-from.md"));
    Matcher requests = REQUEST.matcher(guide);
    int count = 0;
    while (requests.find()) {
      HttpResponse<byte[]> answer =
          requests.group(1).equals("GET")
              ? client.get(requests.group(2))
              : client.post(requests.group(2), requests.group(3));
      assertThat(answer.statusCode())
          .as(() -> requests.group() + new String(answer.body(), StandardCharsets.UTF_8))
          .isEqualTo(200);
      JsonNode body = Client.json(answer);
      JsonNode found =
          body.has("hits")
              ? body.get("hits")
              : body.has("groups")
                  ? body.get("groups")
                  : body.has("results") ? body.get("results") : body.get("images");
      assertThat(found).as(requests.group()).isNotEmpty();
      count++;
    }
    assertThat(count).isEqualTo(10);
  }

  private JsonNode found(String json) throws Exception {
    HttpResponse<byte[]> answer = client.post("/v1/search", json);
    assertThat(answer.statusCode())
        .as(() -> new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return Client.json(answer);
  }

  private JsonNode refused(String json, int status, String code, String field) throws Exception {
    HttpResponse<byte[]> answer = client.post("/v1/search", json);
    JsonNode problem = Client.json(answer);
    assertThat(answer.statusCode()).as("%s", problem).isEqualTo(status);
    assertThat(problem.get("code").asText()).isEqualTo(code);
    if (field != null) {
      assertThat(problem.get("field").asText()).isEqualTo(field);
    }
    return problem;
  }

  private static List<String> accepted(HttpResponse<byte[]> answer) throws Exception {
    JsonNode problem = Client.json(answer);
    assertThat(problem.get("code").asText()).as("%s", problem).isEqualTo("unknown_field");
    List<String> accepted = new ArrayList<>();
    problem.get("expected").forEach(name -> accepted.add(name.asText()));
    return accepted;
  }

  private static List<String> ids(JsonNode hits) {
    List<String> ids = new ArrayList<>();
    hits.forEach(hit -> ids.add(hit.get("id").asText()));
    return ids;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
