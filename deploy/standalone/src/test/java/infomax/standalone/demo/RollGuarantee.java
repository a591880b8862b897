package infomax.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.ImageId;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.ShadowComparison;
import infomax.imaging.ImageIntake;
import infomax.runtime.control.ControlLog;
import infomax.standalone.StandaloneConfig;
import infomax.standalone.StandaloneSystem;
import infomax.standalone.client.ApiClient;
import infomax.standalone.command.InfomaxMain;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.SourceImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A roll, a rollback, then the alias back and forth once a second, and an object store that is gone
 * for a while, under 50 queries a second: no query fails, every checked answer's scores are those
 * of the encoder it names; what was deleted stays deleted through both; what was bad lies in {@code
 * images.rejected} with its reason; and the index equals an independent read of the topic.
 */
class RollGuarantee {

  private static final long SEED = 11;
  private static final int IMAGES = 1_500;
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir Path folder;

  @Test
  void rollAndRollbackUnderLoad() throws Exception {
    rollAndRollback(Duration.ofSeconds(10), Duration.ofSeconds(3));
  }

  @Test
  @Tag("soak")
  void rollAndRollbackUnderLoadForLonger() throws Exception {
    rollAndRollback(Duration.ofMinutes(1), Duration.ofSeconds(30));
  }

  /**
   * The whole life.
   *
   * @param alternating how long the alias moves back and forth
   * @param outage how long the object store is gone
   */
  private void rollAndRollback(Duration alternating, Duration outage) throws Exception {
    System.out.println("seed of this run: " + SEED);
    StandaloneConfig config =
        new StandaloneConfig(
            folder.resolve("data"),
            0,
            Optional.empty(),
            Map.of("trainer.preset", "one-view", "trainer.images-seen", "1280"));
    try (StandaloneSystem system = StandaloneSystem.start(config, _ -> {});
        ApiClient api = new ApiClient(system.address());
        ControlLog control = ControlLog.open(system.clients(), "test", Duration.ofSeconds(30));
        ReleaseEncoders encoders = new ReleaseEncoders(system.store(), control);
        UploadStream stream =
            UploadStream.start(
                system.clients(),
                () -> new GeneratedImages(SEED, IMAGES, Long.MAX_VALUE, 0),
                new UploadStream.Options(
                    IMAGES, 30, Long.MAX_VALUE, SEED, folder.resolve("stream.json")),
                _ -> true)) {
      awaitImages(api, IMAGES - 20);
      String deleted = deleteOne(api);
      rejectText(system, api);

      AnswerCheck check = AnswerCheck.start(api, encoders::open, ImageIntake.create(1));
      QueryLoad queries =
          QueryLoad.start(
              api,
              50,
              SEED,
              new QueryImages(() -> new GeneratedImages(SEED, IMAGES, Long.MAX_VALUE, 0), SEED),
              id -> stream.isDeleted(new ImageId(id)) || id.equals(deleted),
              check::offer);
      try (check;
          queries) {
        int untrained = control.state().live().orElseThrow().number();
        // Forced: what is at stake is the roll, and a training that passes the gate takes minutes.
        assertThat(api.train(Map.of("who", "test", "why", "roll", "force", true)).succeeded())
            .isTrue();
        await(control, state -> building(state).isPresent(), "a candidate is being built");
        long queriesBefore = queries.sent();
        await(
            control,
            state -> state.live().orElseThrow().encoderVersion() > 0,
            "the trained encoder is live");
        awaitServing(api, control.state().live().orElseThrow().number());
        assertGone(api, deleted);
        ShadowComparison shadow = control.state().live().orElseThrow().shadow();
        System.out.println("live queries before the switch: " + shadow);
        assertThat(shadow.live()).isEqualTo(untrained);

        JsonNode rollback =
            api.post(
                    "/v1/rollback",
                    Map.of("who", "test", "why", "rollback"),
                    Duration.ofSeconds(30))
                .json();
        assertThat(rollback.path("id").asText()).isNotEmpty();
        await(
            control,
            state -> state.live().orElseThrow().number() == untrained,
            "the untrained encoder is live again");
        awaitServing(api, untrained);
        assertGone(api, deleted);
        Awaitility.await("at least 1,000 queries over roll and rollback")
            .atMost(Duration.ofMinutes(1))
            .until(() -> queries.sent() - queriesBefore >= 1_000);

        backAndForth(api, control, newest(control), untrained, alternating);
        takeTheStoreAway(api, outage);
      }
      assertThat(queries.failures()).isEmpty();
      assertThat(queries.failed()).isZero();
      assertThat(check.checked()).isGreaterThan(100);
      assertThat(check.mixed()).isZero();

      compareOnTheCommandLine(system);

      stream.close();
      assertThat(IndexAudit.awaitEqual(system, control)).doesNotContainKey(new ImageId(deleted));
      Awaitility.await("no lag")
          .atMost(Duration.ofMinutes(1))
          .until(() -> serving(api).path("lag").asLong() == 0);
    }
  }

  /** Promotes and rolls back in turn, once a second, and says when the last move was made. */
  private static void backAndForth(
      ApiClient api, ControlLog control, int trained, int untrained, Duration length) {
    long startNanos = System.nanoTime();
    int moves = 0;
    for (long second = 0; second < length.toSeconds(); second++) {
      long dueNanos = startNanos + second * 1_000_000_000L;
      Awaitility.await("the next second")
          .pollInterval(Duration.ofMillis(10))
          .until(() -> System.nanoTime() >= dueNanos);
      int from = control.state().live().orElseThrow().number();
      boolean promotes = from == untrained;
      String path = promotes ? "/v1/generations/" + trained + "/promote" : "/v1/rollback";
      Awaitility.await(path)
          .atMost(LONG)
          .until(
              () ->
                  api.post(path, Map.of("who", "test", "why", path), Duration.ofSeconds(30))
                      .succeeded());
      int to = promotes ? trained : untrained;
      Awaitility.await("generation " + to + " is live")
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> control.state().live().orElseThrow().number() == to);
      moves++;
    }
    awaitServing(api, control.state().live().orElseThrow().number());
    System.out.println(
        moves + " moves of the alias in " + (System.nanoTime() - startNanos) / 1_000_000 + " ms");
    assertThat(moves).isEqualTo((int) length.toSeconds());
  }

  private static int newest(ControlLog control) {
    return control.state().generations().lastKey();
  }

  /** As where its file system is not mounted, while images stream and queries run. */
  private void takeTheStoreAway(ApiClient api, Duration length) throws Exception {
    Path objects = folder.resolve("data/objects");
    Path away = folder.resolve("data/objects-away");
    Files.move(objects, away);
    long goneNanos = System.nanoTime();
    Awaitility.await("readiness says what is wrong")
        .atMost(LONG)
        .until(
            () -> {
              ApiClient.Answer ready = api.get("/readyz");
              return ready.status() == 503
                  && new String(ready.body(), StandardCharsets.UTF_8).contains("is gone");
            });
    Awaitility.await("the outage")
        .atMost(length.plus(LONG))
        .until(() -> System.nanoTime() - goneNanos >= length.toNanos());
    assertThat(objects).doesNotExist();
    Files.move(away, objects);
    long backNanos = System.nanoTime();
    Awaitility.await("everything works again")
        .atMost(LONG)
        .until(() -> api.get("/readyz").status() == 200);
    System.out.println(
        "ready "
            + (System.nanoTime() - backNanos) / 1_000_000
            + " ms after the store came back from an outage of "
            + (backNanos - goneNanos) / 1_000_000
            + " ms");
  }

  /** Both encoders, taken from the running system, on images that neither has seen. */
  private void compareOnTheCommandLine(StandaloneSystem system) throws Exception {
    Path images = Files.createDirectories(folder.resolve("compared"));
    GeneratedImages source = new GeneratedImages(SEED + 1, 40, Long.MAX_VALUE, 0);
    for (int image = 0; image < 40; image++) {
      Files.write(images.resolve(image + ".jpg"), source.next().orElseThrow().bytes());
    }
    String url = system.address().toString();
    Path sheet = folder.resolve("sheets.png");
    String[] compare = {
      "encoders",
      "compare",
      "0",
      "1",
      "--url",
      url,
      "--images",
      images.toString(),
      "--save",
      sheet.toString()
    };
    assertThat(InfomaxMain.run(compare)).isZero();
    assertThat(ImageIO.read(sheet.toFile()).getWidth()).isGreaterThan(1_200);
    Path saved = folder.resolve("saved");
    assertThat(InfomaxMain.run("encoders", "show", "1", "--url", url, "--save", saved.toString()))
        .isZero();
    assertThat(saved.resolve("encoder-1.onnx")).isRegularFile();
    assertThat(saved.resolve("encoder-1-sheet-cosine.png")).isRegularFile();
    assertThat(InfomaxMain.run("encoders", "compare", "0", "1", "--url", url)).isEqualTo(1);
  }

  private static Optional<IndexGeneration> building(ControlState state) {
    return state.generations().values().stream()
        .filter(generation -> generation.encoderVersion() > 0)
        .findFirst();
  }

  private static void await(
      ControlLog control, java.util.function.Predicate<ControlState> condition, String what) {
    Awaitility.await(what)
        .atMost(LONG)
        .until(
            () -> {
              ControlState state = control.state();
              assertThat(state.encoders().values())
                  .describedAs("a candidate was rejected")
                  .noneMatch(release -> release.verdict() == EncoderRelease.Verdict.REJECTED);
              assertThat(state.generations().values())
                  .noneMatch(generation -> generation.state() == GenerationState.FAILED);
              return condition.test(state);
            });
  }

  private static void awaitImages(ApiClient api, int images) {
    Awaitility.await().atMost(LONG).until(() -> serving(api).path("images").asLong() >= images);
  }

  private static void awaitServing(ApiClient api, int generation) {
    Awaitility.await()
        .atMost(LONG)
        .until(() -> serving(api).path("generation").asInt() == generation);
  }

  private static JsonNode serving(ApiClient api) throws Exception {
    return api.get("/v1/status").json().path("serving");
  }

  /** Puts an image, sees it, deletes it, and sees it gone within two seconds. */
  private static String deleteOne(ApiClient api) throws Exception {
    SourceImage image = new GeneratedImages(99, 10, Long.MAX_VALUE, 0).next().orElseThrow();
    String id = "test/deleted";
    assertThat(api.putImage(id, image.bytes()).status()).isEqualTo(202);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> api.get("/v1/images/" + ApiClient.encoded(id)).status() == 200);
    assertThat(api.delete(id).status()).isEqualTo(202);
    Awaitility.await("gone within two seconds")
        .atMost(Duration.ofSeconds(2))
        .until(() -> api.get("/v1/images/" + ApiClient.encoded(id)).status() == 404);
    return id;
  }

  private static void assertGone(ApiClient api, String id) throws Exception {
    assertThat(api.get("/v1/images/" + ApiClient.encoded(id)).status()).isEqualTo(404);
  }

  /** Sends text by a plain Kafka producer and sees it with its reason within two seconds. */
  private static void rejectText(StandaloneSystem system, ApiClient api) throws Exception {
    try (Producer<byte[], byte[]> producer = system.clients().producer("test")) {
      producer
          .send(
              new ProducerRecord<>(
                  "images.uploads",
                  "test/text".getBytes(StandardCharsets.UTF_8),
                  "no image".getBytes(StandardCharsets.UTF_8)))
          .get();
    }
    Awaitility.await("rejected within two seconds")
        .atMost(Duration.ofSeconds(2))
        .until(
            () -> {
              String rejected = new String(api.get("/v1/rejected").body(), StandardCharsets.UTF_8);
              return rejected.contains("test/text") && rejected.contains("unsupported_format");
            });
  }
}
