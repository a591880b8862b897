package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.Positions;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.imaging.EncoderPixels;
import infomax.runtime.config.Settings;
import infomax.search.SmallSystem.Indexing;
import infomax.store.StoreLocation;
import infomax.testing.TestingKafka;
import infomax.testing.store.S3Server;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * While the alias goes back and forth between two generations under load, and images stream in, no
 * search fails and none mixes encoders.
 */
final class SwitchIT {

  private static final int IMAGES = 40;
  private static final int CLIENTS = 4;
  private static final int SWITCHES = 6;
  private static final int ANSWERS_BETWEEN = 25;

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  private final Map<Integer, Encoder> encoders = new ConcurrentHashMap<>();
  private final AtomicInteger answers = new AtomicInteger();
  private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  @Test
  @Timeout(180)
  void neitherFailsNorMixesWhileTheAliasMoves() throws Exception {
    neitherFailsNorMixes(new StoreLocation.InFolder(folder.resolve("objects")));
  }

  @Test
  @Timeout(240)
  void norWhereTheIndexLiesInABucket() throws Exception {
    try (S3Server server = S3Server.start(folder)) {
      neitherFailsNorMixes(StoreLocation.from(Settings.of(server.settings("switch"))));
    }
  }

  private void neitherFailsNorMixes(StoreLocation objects) throws Exception {
    try (SmallSystem system = new SmallSystem(KAFKA.clients(), folder, objects);
        Client client = new Client(system)) {
      for (int number = 0; number < IMAGES; number++) {
        system.put("image-" + number, Pictures.canonical(number, 32), Map.of());
      }
      Indexing first = begin(system, 1, 0, Verdict.UNTRAINED);
      Indexing second = begin(system, 2, 1, Verdict.ACCEPTED);
      system.goLive(1, null);
      awaitServing(client, 1);

      AtomicBoolean ended = new AtomicBoolean();
      List<Thread> clients = new ArrayList<>();
      for (int ordinal = 0; ordinal < CLIENTS; ordinal++) {
        long seed = 40L + ordinal;
        clients.add(Thread.startVirtualThread(() -> ask(client, seed, ended)));
      }
      int live = 1;
      for (int round = 0; round < SWITCHES; round++) {
        int target = answers.get() + ANSWERS_BETWEEN;
        int fresh = IMAGES + round;
        system.put("image-" + fresh, Pictures.canonical(fresh, 32), Map.of());
        first.catchUp();
        second.catchUp();
        int next = live == 1 ? 2 : 1;
        system.goLive(next, live);
        awaitServing(client, next);
        live = next;
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(answers.get()).isGreaterThanOrEqualTo(target));
      }
      ended.set(true);
      for (Thread each : clients) {
        each.join();
      }
      assertThat(wrong).isEmpty();
      assertThat(answers.get()).isGreaterThanOrEqualTo(SWITCHES * ANSWERS_BETWEEN);
      assertThat(seen).containsExactlyInAnyOrder(0, 1);
    }
  }

  @Test
  @Timeout(120)
  void keepsAnsweringFromWhatItHasUntilTheTargetIsNotBehindAndDropsWhatEnded() throws Exception {
    try (SmallSystem system = new SmallSystem(KAFKA.clients(), folder);
        Client client = new Client(system)) {
      for (int number = 0; number < IMAGES; number++) {
        system.put("image-" + number, Pictures.canonical(number, 32), Map.of());
      }
      Indexing first = begin(system, 1, 0, Verdict.UNTRAINED);
      Indexing second = begin(system, 2, 1, Verdict.ACCEPTED);
      system.goLive(1, null);
      awaitServing(client, 1);
      system.put("late", Pictures.canonical(99, 32), Map.of());
      first.catchUp();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(client.get("/v1/images/late").statusCode()).isEqualTo(200));

      system.goLive(2, 1);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                JsonNode waiting = Client.json(client.get("/v1/status")).get("waiting");
                assertThat(waiting.get("generation").asInt()).isEqualTo(2);
                assertThat(waiting.get("reason").asText()).contains("1 offsets behind");
              });
      assertThat(Client.json(client.get("/v1/images/late")).get("id").asText()).isEqualTo("late");
      second.catchUp();
      awaitServing(client, 2);
      assertThat(client.get("/v1/images/late").statusCode()).isEqualTo(200);

      Path cache = folder.resolve("cache").resolve("generation-1");
      assertThat(Files.exists(cache)).isTrue();
      system.enter(1, GenerationState.RETIRED);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(Files.exists(cache)).isFalse());
      assertThat(Client.json(client.get("/v1/status")).get("loaded")).hasSize(1);
    }
  }

  private Indexing begin(SmallSystem system, int generation, int version, Verdict verdict)
      throws Exception {
    EncoderRelease release = system.release(version, verdict, Map.of());
    Indexing indexing = system.generation(generation, release);
    encoders.put(version, indexing.encoder());
    indexing.catchUp();
    system.enter(generation, GenerationState.VERIFIED);
    return indexing;
  }

  private static void awaitServing(Client client, int generation) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              JsonNode serving = Client.json(client.get("/v1/status")).get("serving");
              assertThat(serving.path("generation").asInt()).isEqualTo(generation);
            });
  }

  private void ask(Client client, long seed, AtomicBoolean ended) {
    Random random = new Random(seed);
    Positions before = Positions.START;
    while (!ended.get()) {
      int number = random.nextInt(IMAGES);
      try {
        HttpResponse<byte[]> answer =
            random.nextBoolean()
                ? client.post("/v1/search", "{\"id\":\"image-" + number + "\",\"k\":5}")
                : client.post("/v1/search?k=5", "image/png", Pictures.png(number, 32));
        if (answer.statusCode() != 200) {
          wrong.add(answer.statusCode() + " " + Client.json(answer));
          return;
        }
        JsonNode body = Client.json(answer);
        before = check(number, body, before);
        seen.add(body.get("encoder").get("version").asInt());
        answers.incrementAndGet();
      } catch (Exception e) {
        wrong.add(e.toString());
        return;
      }
    }
  }

  /** Every score is the one the named encoder gives, and positions never go back. */
  private Positions check(int number, JsonNode body, Positions before) throws Exception {
    Encoder encoder = encoders.get(body.get("encoder").get("version").asInt());
    if (!encoder.digest().hex().equals(body.get("encoder").get("digest").asText())
        || body.get("generation").asInt() != body.get("encoder").get("version").asInt() + 1
        || body.get("hits").size() != 5) {
      wrong.add("provenance does not fit: " + body);
    }
    float[] query = unit(encoder, number);
    for (JsonNode hit : body.get("hits")) {
      int other = Integer.parseInt(hit.get("id").asText().substring("image-".length()));
      float[] vector = unit(encoder, other);
      double cosine = 0;
      for (int ordinal = 0; ordinal < vector.length; ordinal++) {
        cosine += query[ordinal] * vector[ordinal];
      }
      if (Math.abs(cosine - hit.get("score").asDouble()) > 1e-3) {
        wrong.add("score of " + hit + " should be " + cosine + " in " + body);
      }
    }
    Map<Integer, Long> offsets = new java.util.HashMap<>();
    body.get("positions")
        .properties()
        .forEach(
            each ->
                offsets.put(
                    Integer.parseInt(each.getKey()), each.getValue().get("offset").asLong()));
    Positions positions = Positions.ofOffsets(offsets);
    if (!positions.reaches(before)) {
      wrong.add("positions went back from " + before + " to " + positions);
    }
    return positions;
  }

  private static float[] unit(Encoder encoder, int number) throws Exception {
    Embedding embedding =
        encoder.embed(EncoderPixels.of(Pictures.canonical(number, 32), SmallSystem.INPUT_SIZE));
    return embedding.unit();
  }
}
