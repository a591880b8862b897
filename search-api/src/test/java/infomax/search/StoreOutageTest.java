package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.imaging.ImageIntake;
import infomax.index.Publications;
import infomax.runtime.health.Health;
import infomax.runtime.http.BodyRoom;
import infomax.runtime.http.HttpServer;
import infomax.search.live.LogEnd;
import infomax.search.live.PastPublications;
import infomax.search.live.ServedImages;
import infomax.search.query.Answering;
import infomax.search.query.Duplicates;
import infomax.search.query.ImageSearch;
import infomax.search.query.IndexedImages;
import infomax.search.query.SearchMeters;
import infomax.search.query.SearchRoutes;
import infomax.search.release.Artifacts;
import infomax.search.release.ReleaseRoutes;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreObserver;
import infomax.store.StoreStep;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What needs the store is answered 503 while it is away, and 404 only if it has not what is asked.
 */
final class StoreOutageTest {

  private static final StoreObserver AWAY =
      (_, _) -> {
        throw new ObjectStoreException("the store does not answer");
      };

  @TempDir Path folder;
  private final Set<String> objectsRead = ConcurrentHashMap.newKeySet();
  private volatile StoreObserver met = StoreObserver.NONE;
  private ServedImages images;
  private PastPublications past;
  private EncoderRelease release;
  private HttpServer server;
  private Client client;

  @BeforeEach
  void start() {
    images = new ServedImages(folder, 1);
    for (int number = 0; number < 3; number++) {
      images.put("photo-" + number, Pictures.canonical(number, 32), Map.of());
      images.publish();
    }
    ObjectStore store =
        ObjectStore.open(
            folder.resolve("objects"),
            (step, name) -> {
              met.before(step, name);
              if (step == StoreStep.READ_OBJECT) {
                objectsRead.add(name);
              }
            });
    release =
        images
            .release()
            .withArtifacts(
                Map.of(
                    "sheet-cosine", store.put(Pictures.png(1, 8)),
                    "losses", store.put("[1]".getBytes(StandardCharsets.UTF_8))));
    InstantSource clock = InstantSource.system();
    past = new PastPublications(new Publications(store, clock), folder.resolve("past"), 1, clock);
    Answering answering = new Answering(images.loaded(), past, new LogEnd(null), 4);
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    SearchMeters meters = new SearchMeters(metrics);
    ControlState state = ControlState.EMPTY.with(release);
    server =
        HttpServer.start(
            0,
            new Health(),
            metrics,
            List.of(
                new ReleaseRoutes(() -> state, new Artifacts(store)),
                new SearchRoutes(
                    new ImageSearch(answering, ImageIntake.create(2), _ -> {}, meters, _ -> {}),
                    new IndexedImages(answering, _ -> {}),
                    new Duplicates(answering),
                    meters,
                    new BodyRoom(64 << 20))));
    client = new Client(path -> "http://127.0.0.1:" + server.port() + path);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    past.close();
    images.close();
  }

  @Test
  void thePastIsOutOfReach() throws Exception {
    String search = "{\"id\":\"photo-1\",\"asOf\":3}";
    met = AWAY;
    assertUnavailable(client.post("/v1/search", search));
    met = StoreObserver.NONE;
    assertThat(client.post("/v1/search", search).statusCode()).isEqualTo(200);
  }

  @Test
  void anArtifactIsOutOfReachAndGoneOnlyIfTheStoreLacksIt() throws Exception {
    String path = "/v1/encoders/0/artifacts/sheet-cosine";
    met = AWAY;
    assertUnavailable(client.get(path));
    met = StoreObserver.NONE;
    assertThat(client.get(path).headers().firstValue("Content-Type")).contains("image/png");
    Digest digest = release.artifacts().get("sheet-cosine");
    Files.delete(folder.resolve("objects/objects").resolve(digest.hex()));
    HttpResponse<byte[]> gone = client.get(path);
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(Client.json(gone).get("code").asText()).isEqualTo("artifact_gone");
  }

  @Test
  void releasesAreListedAllTheSameAndTheEncoderIsNotReadForIt() throws Exception {
    met = AWAY;
    assertThat(contentTypes()).containsOnly("application/octet-stream");
    met = StoreObserver.NONE;
    assertThat(contentTypes())
        .containsExactly("application/json", "application/octet-stream", "image/png");
    assertThat(objectsRead)
        .containsExactlyInAnyOrder(
            release.artifacts().get("losses").hex(), release.artifacts().get("sheet-cosine").hex());
  }

  /** Of losses, onnx and the sheet. */
  private List<String> contentTypes() throws Exception {
    HttpResponse<byte[]> answer = client.get("/v1/encoders");
    assertThat(answer.statusCode()).isEqualTo(200);
    return Client.json(answer).findValuesAsText("contentType");
  }

  private static void assertUnavailable(HttpResponse<byte[]> answer) throws Exception {
    JsonNode problem = Client.json(answer);
    assertThat(answer.statusCode()).as("%s", problem).isEqualTo(503);
    assertThat(problem.get("code").asText()).isEqualTo("store_unavailable");
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
  }
}
