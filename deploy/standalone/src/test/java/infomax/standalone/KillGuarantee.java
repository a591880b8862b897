package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.runtime.control.ControlLog;
import infomax.standalone.client.ApiClient;
import infomax.standalone.demo.IndexAudit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the services, the trainer and the broker, each at a random moment of an active
 * stream, loses nothing: at the end an independent reader of the topic finds exactly the ids and
 * digests that the index holds, and an encoder was trained and went live all the same. In the long
 * form a second one follows, and no answer was mixed.
 */
class KillGuarantee {

  private static final Duration START = Duration.ofMinutes(2);

  /** The first images came in before the kill; to wait for as many again would take 80 s. */
  private static final Duration GOES_ON = Duration.ofSeconds(45);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(8);

  /** Of each process, in the long form. */
  private static final int KILLS = 20;

  @TempDir Path folder;

  @Test
  void nothingIsLost() throws Exception {
    SplittableRandom random = random();
    try (DemoProcess demo = start();
        ApiClient api = demo.api(START)) {
      demo.awaitOutput("first answer", START);
      killServices(demo, api, random);
    }

    try (DemoProcess demo = start();
        ApiClient api = demo.api(START)) {
      demo.awaitOutput("first answer", START);
      // In the middle of a training, or just before or after: whatever the seed says.
      demo.awaitOutput("training", GOES_ON);
      killChild(demo, "trainer", api, random);
      demo.awaitOutput("an index for encoder", Duration.ofMinutes(4));
      killChild(demo, "broker", api, random);
      demo.awaitOutput("encoder 1 is live", Duration.ofMinutes(4));
      killServices(demo, api, random);
    }
    StandaloneConfig config =
        new StandaloneConfig(folder.resolve("data"), 0, Optional.empty(), Map.of());
    try (StandaloneSystem system = StandaloneSystem.start(config, _ -> {});
        ControlLog control = ControlLog.open(system.clients(), "test", START)) {
      assertThat(IndexAudit.awaitEqual(system, control)).hasSizeGreaterThan(1_000);
      assertThat(control.state().live().orElseThrow().encoderVersion()).isEqualTo(1);
    }
  }

  @Test
  @Tag("soak")
  void nothingIsLostHoweverOften() throws Exception {
    SplittableRandom random = random();
    for (int life = 0; life < KILLS; life++) {
      try (DemoProcess demo = start();
          ApiClient api = demo.api(START)) {
        demo.awaitOutput("first answer", START);
        boolean trainerFirst = random.nextBoolean();
        killChild(demo, trainerFirst ? "trainer" : "broker", api, random);
        killChild(demo, trainerFirst ? "broker" : "trainer", api, random);
        killServices(demo, api, random);
      }
      System.out.println("kills of each process: " + (life + 1));
    }
    rollsWithNothingLost();
  }

  private static SplittableRandom random() {
    long seed = Long.getLong("infomax.seed", System.nanoTime());
    System.out.println("seed of this run: -Dinfomax.seed=" + seed);
    return new SplittableRandom(seed);
  }

  private DemoProcess start(String... further) throws IOException {
    return DemoProcess.startShortLived(
        folder.resolve("data"),
        Stream.concat(
                Stream.of("--rate", "15", "--first", "1200", "--images-seen", "4480"),
                Stream.of(further))
            .toArray(String[]::new));
  }

  private static void killServices(DemoProcess demo, ApiClient api, SplittableRandom random)
      throws Exception {
    pause(random);
    assertStreaming(api);
    demo.kill();
  }

  private static void killChild(
      DemoProcess demo, String name, ApiClient api, SplittableRandom random) throws Exception {
    pause(random);
    assertStreaming(api);
    demo.killChild(name);
  }

  private void rollsWithNothingLost() throws Exception {
    // Nothing more is streamed, so that encoder 2 does not wait for more images.
    Path summary = folder.resolve("summary.json");
    try (DemoProcess demo =
        start("--limit", "2", "--exit-after-roll", "--summary", summary.toString())) {
      int exit = demo.awaitExit(Duration.ofMinutes(8));
      assertThat(exit).describedAs(demo.output()).isZero();
    }
    JsonNode measured = DemoProcess.summary(summary);
    assertThat(measured.path("imagesInLog").asLong()).isGreaterThan(1_000);
    assertThat(measured.path("imagesIndexed").asLong())
        .isEqualTo(measured.path("imagesInLog").asLong());
    assertThat(measured.path("idsMissing").asLong()).isZero();
    assertThat(measured.path("idsExtra").asLong()).isZero();
    assertThat(measured.path("answersMixed").asLong()).isZero();
    assertThat(measured.path("encoders").asLong()).isEqualTo(2);
  }

  /** Work is in flight: the number of offsets indexed moves while we look. */
  private static void assertStreaming(ApiClient api) throws Exception {
    String before = api.get("/v1/status").json().path("serving").path("positions").toString();
    Awaitility.await("a stream in flight")
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                !api.get("/v1/status")
                    .json()
                    .path("serving")
                    .path("positions")
                    .toString()
                    .equals(before));
  }

  /** Lets a random time pass: the kill has to hit any moment, so there is no condition to await. */
  private static void pause(SplittableRandom random) {
    long untilNanos = System.nanoTime() + random.nextLong(PAUSE_MAX.toNanos());
    Awaitility.await()
        .atMost(PAUSE_MAX.plusSeconds(5))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> System.nanoTime() >= untilNanos);
  }
}
