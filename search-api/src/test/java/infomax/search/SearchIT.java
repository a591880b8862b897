package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.image.CanonicalImage;
import infomax.search.SmallSystem.Indexing;
import infomax.testing.TestingKafka;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a client of the search API may rely on, over HTTP and on a real broker. */
final class SearchIT {

  private static final int IMAGES = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;
  private SmallSystem system;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    system = new SmallSystem(KAFKA.clients(), folder);
    client = new Client(system);
  }

  @AfterEach
  void stop() {
    client.close();
    system.close();
  }

  @Test
  void saysThatNothingIsLiveYet() throws Exception {
    HttpResponse<byte[]> answer = client.post("/v1/search", "{\"id\":\"a\"}");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(Client.json(answer).get("code").asText()).isEqualTo("not_ready");
    assertThat(client.get("/readyz").statusCode()).isEqualTo(503);
    JsonNode status = Client.json(client.get("/v1/status"));
    assertThat(status.get("serving").isNull()).isTrue();
  }

  @Test
  void findsTheSameByIdByImageAndByVectorAndSaysWhereItComesFrom() throws Exception {
    Indexing indexing = serve();
    JsonNode byId = found("{\"id\":\"image-7\",\"k\":5,\"include\":[\"metadata\",\"vector\"]}");
    JsonNode first = byId.get("hits").get(0);
    assertThat(first.get("id").asText()).isEqualTo("image-7");
    assertThat(first.get("score").asDouble()).isCloseTo(1, within(1e-6));
    assertThat(first.get("metadata").get("label").asText()).isEqualTo("cross");

    String base64 = Base64.getEncoder().encodeToString(Pictures.png(7, 32));
    JsonNode byImage = found("{\"k\":5,\"image\":\"" + base64 + "\"}");
    JsonNode byRawImage =
        Client.json(client.post("/v1/search?k=5&exact=true", "image/png", Pictures.png(7, 32)));
    JsonNode byVector = found("{\"k\":5,\"encoder\":0,\"vector\":" + first.get("vector") + "}");
    assertThat(ids(byImage)).isEqualTo(ids(byId));
    assertThat(ids(byRawImage)).isEqualTo(ids(byId));
    assertThat(ids(byVector)).isEqualTo(ids(byId));
    assertThat(byRawImage.get("exact").asBoolean()).isTrue();
    assertThat(byId.get("exact").asBoolean()).isFalse();

    assertThat(byId.get("generation").asInt()).isEqualTo(1);
    assertThat(byId.get("encoder").get("digest").asText())
        .isEqualTo(indexing.encoder().digest().hex());
    assertThat(byId.get("encoder").get("verdict").asText()).isEqualTo("untrained");
    assertThat(byId.get("images").asInt()).isEqualTo(IMAGES);
    assertThat(byId.get("took").asDouble()).isPositive();
    Positions positions = Json.mapper().treeToValue(byId.get("positions"), Positions.class);
    assertThat(positions.byPartition().values().stream().mapToLong(p -> p.offset()).sum())
        .isEqualTo(IMAGES);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(found("{\"id\":\"image-7\"}").get("lag").asInt()).isZero());
  }

  @Test
  void ranksByEuclideanDistanceOfTheUnscaledEmbeddings() throws Exception {
    Indexing indexing = serve();
    JsonNode answer =
        found(
            "{\"id\":\"image-3\",\"k\":4,\"metric\":\"euclidean\",\"exact\":true,\"include\":[]}");
    float[] query = embedding(indexing, 3);
    for (JsonNode hit : answer.get("hits")) {
      float[] other = embedding(indexing, number(hit));
      double sum = 0;
      for (int ordinal = 0; ordinal < other.length; ordinal++) {
        sum += (query[ordinal] - other[ordinal]) * (query[ordinal] - other[ordinal]);
      }
      assertThat(hit.get("score").asDouble()).isCloseTo(-Math.sqrt(sum), within(1e-4));
      assertThat(hit.has("metadata")).isFalse();
    }
  }

  @Test
  void waitsForAWriteAndSaysHowFarItIsOtherwise() throws Exception {
    Indexing indexing = serve();
    Token token = system.put("late", Pictures.canonical(500, 32), Map.of());
    String body =
        "{\"id\":\"late\",\"consistency\":{\"tokens\":["
            + new String(Json.write(token), StandardCharsets.UTF_8)
            + "],\"timeout\":\"%s\"}}";
    HttpResponse<byte[]> tooSoon = client.post("/v1/search", body.formatted("300ms"));
    assertThat(tooSoon.statusCode()).isEqualTo(504);
    JsonNode problem = Client.json(tooSoon);
    assertThat(problem.get("code").asText()).isEqualTo("not_yet_searchable");
    assertThat(problem.get("missing").get(0).get("behind").asInt()).isEqualTo(1);

    CompletableFuture<JsonNode> waiting =
        CompletableFuture.supplyAsync(() -> foundUnchecked(body.formatted("20s")));
    indexing.catchUp();
    assertThat(ids(waiting.get()).getFirst()).isEqualTo("late");
    String rawPath =
        "/v1/search?timeout=10s&token=images/" + token.partition() + "/" + token.offset();
    HttpResponse<byte[]> raw = client.post(rawPath, "image/png", Pictures.png(500, 32));
    assertThat(raw.statusCode()).isEqualTo(200);
    assertThat(ids(Client.json(raw)).getFirst()).isEqualTo("late");
  }

  @Test
  void forgetsADeletedImageAndShowsAReplacedOneInItsNewestVersion() throws Exception {
    Indexing indexing = serve();
    CanonicalImage changed = Pictures.canonical(900, 32);
    system.delete("image-1");
    system.put("image-2", changed, Map.of("label", "changed"));
    indexing.catchUp();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(client.get("/v1/images/image-1").statusCode()).isEqualTo(404));
    assertThat(client.get("/v1/images/image-1/content").statusCode()).isEqualTo(404);
    JsonNode image = Client.json(client.get("/v1/images/image-2"));
    assertThat(image.get("digest").asText()).isEqualTo(changed.digest().hex());
    assertThat(client.get("/v1/images/image-2/content").body()).isEqualTo(changed.bytes());
    assertThat(ids(found("{\"id\":\"image-2\",\"k\":" + IMAGES + "}"))).doesNotContain("image-1");
  }

  @Test
  void givesBackTheBytesOfAnImageWithSafeHeaders() throws Exception {
    CanonicalImage odd = Pictures.canonical(77, 32);
    String id = "folder/ü %2F odd?#.png";
    system.put(id, odd, Map.of());
    serve();
    String path = "/v1/images/folder%2F%C3%BC%20%252F%20odd%3F%23.png/content";
    HttpResponse<byte[]> answer = client.get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(odd.bytes());
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("image/png");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("private, no-cache");
    String tag = answer.headers().firstValue("ETag").orElseThrow();
    assertThat(client.get(path, "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(
            client
                .get(path + "?digest=" + odd.digest().hex())
                .headers()
                .firstValue("Cache-Control")
                .orElseThrow())
        .contains("immutable");
  }

  @Test
  void drawsASheetOfImagesWithTheirNeighboursButNotThemselves() throws Exception {
    serve();
    JsonNode sheet = Client.json(client.get("/v1/sheet?rows=10&seed=5"));
    assertThat(sheet.get("rows")).hasSize(10);
    for (JsonNode row : sheet.get("rows")) {
      assertThat(row.get("neighbours")).hasSize(9);
      assertThat(ids(row, "neighbours")).doesNotContain(row.get("image").get("id").asText());
    }
    assertThat(Client.json(client.get("/v1/sheet?rows=10&seed=5")).get("rows"))
        .isEqualTo(sheet.get("rows"));
    assertThat(Client.json(client.get("/v1/images?sample=7&seed=1")).get("images")).hasSize(7);
  }

  @Test
  void namesWhatIsWrongWithARequestAndWhatIsAccepted() throws Exception {
    serve();
    List<List<String>> table =
        List.of(
            List.of("{\"id\":\"image-1\",\"limit\":5}", "400", "unknown_field", "limit"),
            List.of("{\"id\":\"image-1\",\"k\":0}", "400", "invalid_value", "1 to 1000"),
            List.of("{\"id\":\"image-1\",\"k\":\"5\"}", "400", "invalid_value", "whole number"),
            List.of("{\"id\":\"image-1\",\"k\":20,\"candidates\":3}", "400", "invalid_value", "20"),
            List.of("{\"id\":\"image-1\",\"metric\":\"l1\"}", "400", "invalid_value", "euclidean"),
            List.of("{\"id\":\"image-1\",\"exact\":1}", "400", "invalid_value", "true or false"),
            List.of("{\"id\":\"image-1\",\"include\":[\"x\"]}", "400", "invalid_value", "digest"),
            List.of("{\"id\":\"image-1\",\"consistency\":{\"x\":1}}", "400", "unknown_field", "x"),
            List.of("{\"id\":\"image-1\",\"vector\":[1]}", "400", "one_query", "exactly one"),
            List.of("{}", "400", "one_query", "exactly one"),
            List.of("[]", "400", "malformed_json", "object"),
            List.of("{", "400", "malformed_json", "JSON"),
            List.of("{\"vector\":[1,2]}", "400", "encoder_required", "encoder"),
            List.of("{\"vector\":[1,2],\"encoder\":0}", "400", "invalid_value", "24"),
            List.of("{\"vector\":[1,2],\"encoder\":3}", "409", "encoder_mismatch", "encoder 0"),
            List.of("{\"image\":\"%%%\"}", "400", "invalid_value", "base64"),
            List.of("{\"image\":\"aGVsbG8=\"}", "422", "image_rejected", ""),
            List.of("{\"id\":\"nobody\"}", "404", "image_not_found", "nobody"));
    for (List<String> row : table) {
      HttpResponse<byte[]> answer = client.post("/v1/search", row.get(0));
      JsonNode problem = Client.json(answer);
      assertThat(answer.statusCode()).as(row.get(0)).isEqualTo(Integer.parseInt(row.get(1)));
      assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("application/problem+json");
      assertThat(problem.get("code").asText()).as(row.get(0)).isEqualTo(row.get(2));
      assertThat(problem.get("detail").asText()).as(row.get(0)).contains(row.get(3));
    }
    HttpResponse<byte[]> form =
        client.post("/v1/search", "application/x-www-form-urlencoded", Pictures.png(1, 32));
    assertThat(form.statusCode()).isEqualTo(415);
    HttpResponse<byte[]> text =
        client.post("/v1/search", "image/png", "no image".getBytes(StandardCharsets.UTF_8));
    assertThat(text.statusCode()).isEqualTo(422);
    assertThat(Client.json(text).get("reason").asText()).isEqualTo("unsupported_format");
  }

  @Test
  void listsReleasesAndServesTheirArtifactsForWhatTheyAre() throws Exception {
    byte[] sheet = Pictures.png(1, 64);
    Digest digest = system.store().put(sheet);
    EncoderRelease release = system.release(0, Verdict.UNTRAINED, Map.of("sheet-cosine", digest));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(Client.json(client.get("/v1/encoders")).get("encoders")).hasSize(1));
    JsonNode shown = Client.json(client.get("/v1/encoders/0"));
    assertThat(shown.get("digest").asText()).isEqualTo(release.onnx().hex());
    assertThat(shown.get("artifacts").get(1).get("contentType").asText()).isEqualTo("image/png");
    HttpResponse<byte[]> artifact = client.get("/v1/encoders/0/artifacts/sheet-cosine");
    assertThat(artifact.body()).isEqualTo(sheet);
    assertThat(artifact.headers().firstValue("Content-Type").orElseThrow()).startsWith("image/png");
    assertThat(Digest.of(client.get("/v1/encoders/0/artifacts/onnx").body()))
        .isEqualTo(release.onnx());
    assertThat(Client.json(client.get("/v1/encoders/0/artifacts/x")).get("code").asText())
        .isEqualTo("artifact_not_found");
    assertThat(Client.json(client.get("/v1/encoders/9")).get("code").asText())
        .isEqualTo("encoder_not_found");
  }

  @Test
  void tellsInProcessListenersWhatBecameSearchable() throws Exception {
    List<Positions> served = new CopyOnWriteArrayList<>();
    system.service().onPublicationServed((generation, positions, at) -> served.add(positions));
    Indexing indexing = serve();
    Token token = system.put("seen", Pictures.canonical(3, 32), Map.of());
    indexing.catchUp();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(served).anySatisfy(each -> assertThat(each.satisfies(token)).isTrue()));
  }

  /** Writes images, indexes them with release 0 and makes them live as generation 1. */
  private Indexing serve() throws Exception {
    for (int number = 0; number < IMAGES; number++) {
      system.put("image-" + number, Pictures.canonical(number, 32), Pictures.metadata(number));
    }
    EncoderRelease release = system.release(0, Verdict.UNTRAINED, Map.of());
    Indexing indexing = system.generation(1, release);
    indexing.catchUp();
    system.enter(1, GenerationState.VERIFIED);
    system.goLive(1, null);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(client.get("/readyz").statusCode()).isEqualTo(200));
    return indexing;
  }

  private JsonNode found(String json) throws Exception {
    HttpResponse<byte[]> answer = client.post("/v1/search", json);
    assertThat(answer.statusCode())
        .as(() -> new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return Client.json(answer);
  }

  private JsonNode foundUnchecked(String json) {
    try {
      return found(json);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> ids(JsonNode answer) {
    return ids(answer, "hits");
  }

  private static List<String> ids(JsonNode answer, String member) {
    List<String> ids = new ArrayList<>();
    answer.get(member).forEach(hit -> ids.add(hit.get("id").asText()));
    return ids;
  }

  private static int number(JsonNode hit) {
    return Integer.parseInt(hit.get("id").asText().substring("image-".length()));
  }

  private static float[] embedding(Indexing indexing, int number) throws Exception {
    return indexing
        .encoder()
        .embed(
            infomax.imaging.EncoderPixels.of(
                Pictures.canonical(number, 32), SmallSystem.INPUT_SIZE))
        .components();
  }
}
