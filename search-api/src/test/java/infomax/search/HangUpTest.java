package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import infomax.events.Json;
import infomax.events.image.CanonicalImage;
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
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search whose client hangs up ends before it is done, whether it runs or waits for its turn. */
final class HangUpTest {

  private static final int IMAGES = 3000;
  private static final int PICTURES = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void aClientThatHangsUpGivesItsTurnBack(@TempDir Path folder) throws Exception {
    try (ServedImages images = images(folder)) {
      Answering answering = new Answering(images.loaded(), images.past(), new LogEnd(null), 1);
      PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      SearchMeters meters = new SearchMeters(metrics);
      SearchRoutes routes =
          new SearchRoutes(
              new ImageSearch(answering, ImageIntake.create(2), _ -> {}, meters, _ -> {}),
              new IndexedImages(answering, _ -> {}),
              new Duplicates(answering),
              meters,
              new BodyRoom(64 << 20));
      try (HttpServer server = HttpServer.start(0, new Health(), metrics, List.of(routes));
          Socket slow = connect(server)) {
        post(slow, "/v1/search/batch", slowSearches());
        await().atMost(PATIENCE).until(() -> answering.running() == 1);

        try (Socket queued = connect(server)) {
          post(queued, "/v1/search", Map.of("id", "photo-1"));
          await().atMost(PATIENCE).until(() -> answering.waiting() == 1);
        }
        await().atMost(PATIENCE).until(() -> ended(metrics, "client_gone") == 1);
        assertThat(answering.running()).isEqualTo(1);

        slow.close();
        await().atMost(PATIENCE).until(() -> ended(metrics, "client_gone") == 2);
        assertThat(answering.running()).isZero();
        assertThat(ended(metrics, "answered")).isZero();
        assertThat(ended(metrics, "overloaded")).isZero();
      }
    }
  }

  private static ServedImages images(Path folder) {
    ServedImages images = new ServedImages(folder, 1);
    List<CanonicalImage> pictures =
        IntStream.range(0, PICTURES).mapToObj(number -> Pictures.canonical(number, 32)).toList();
    for (int number = 0; number < IMAGES; number++) {
      images.put("photo-" + number, pictures.get(number % PICTURES), Map.of());
    }
    images.publish();
    return images;
  }

  /** Many seconds of work: exact, judged by 100 examples, and picked for diversity. */
  private static Map<String, ?> slowSearches() {
    Map<String, ?> search =
        Map.of(
            "examples",
            Map.of("positive", ids(0, 50), "negative", ids(50, 100), "strategy", "best_score"),
            "exact",
            true,
            "k",
            1000,
            "candidates",
            3000,
            "diversity",
            0.5);
    return Map.of("searches", Collections.nCopies(100, search), "timeLimit", "30s");
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(number -> "photo-" + number).toList();
  }

  private static Socket connect(HttpServer server) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port());
  }

  private static void post(Socket socket, String path, Map<String, ?> body) throws IOException {
    byte[] json = Json.write(body);
    OutputStream out = socket.getOutputStream();
    out.write(
        """
        POST %s HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        """
            .formatted(path, json.length)
            .getBytes(StandardCharsets.US_ASCII));
    out.write(json);
    out.flush();
  }

  private static double ended(PrometheusMeterRegistry metrics, String outcome) {
    Counter counter = metrics.find("infomax.search.requests").tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }
}
