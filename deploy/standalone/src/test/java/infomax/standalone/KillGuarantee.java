package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.standalone.client.ApiClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the services, the trainer and the broker, each at a random moment of an active
 * stream, loses nothing: at the end an independent reader of the topic finds exactly the ids and
 * digests that the index holds, two encoders went live, and no answer was mixed.
 */
class KillGuarantee {

  private static final Duration START = Duration.ofMinutes(2);

  /** The first images came in before the kill; to wait for as many again would take 80 s. */
  private static final Duration GOES_ON = Duration.ofSeconds(45);

  @TempDir Path folder;

  @Test
  void nothingIsLost() throws Exception {
    killEach(folder);
  }

  @Test
  @Tag("soak")
  void nothingIsLostHoweverOften() throws Exception {
    for (int run = 0; run < 5; run++) {
      killEach(Files.createDirectory(folder.resolve("run-" + run)));
    }
  }

  private static void killEach(Path folder) throws Exception {
    long seed = Long.getLong("infomax.seed", System.nanoTime());
    System.out.println("seed of this run: -Dinfomax.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Path data = folder.resolve("data");
    Path summary = folder.resolve("summary.json");
    String[] arguments = {
      "--rate",
      "15",
      "--first",
      "1200",
      "--images-seen",
      "4480",
      "--exit-after-roll",
      "--summary",
      summary.toString()
    };

    try (DemoProcess demo = DemoProcess.start(data, arguments);
        ApiClient api = demo.api(START)) {
      demo.awaitOutput("first answer", START);
      pause(random, 4_000);
      assertStreaming(api);
      demo.kill();
    }

    try (DemoProcess demo = DemoProcess.start(data, arguments);
        ApiClient api = demo.api(START)) {
      demo.awaitOutput("first answer", START);
      // In the middle of a training, or just before or after: whatever the seed says.
      demo.awaitOutput("training", GOES_ON);
      pause(random, 8_000);
      assertStreaming(api);
      demo.killChild("trainer");
      demo.awaitOutput("an index for encoder", Duration.ofMinutes(4));
      pause(random, 3_000);
      assertStreaming(api);
      demo.killChild("broker");
      pause(random, 3_000);
      demo.awaitOutput("encoder 1 is live", Duration.ofMinutes(4));
      pause(random, 5_000);
      assertStreaming(api);
      demo.kill();
    }

    // Nothing more is streamed, so that encoder 2 does not wait for more images.
    String[] toTheEnd =
        Stream.concat(Stream.of(arguments), Stream.of("--limit", "2")).toArray(String[]::new);
    try (DemoProcess demo = DemoProcess.start(data, toTheEnd)) {
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
  private static void pause(SplittableRandom random, int millisMax) {
    long untilNanos = System.nanoTime() + random.nextLong(millisMax * 1_000_000L);
    Awaitility.await()
        .atMost(Duration.ofMillis(millisMax + 5_000L))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> System.nanoTime() >= untilNanos);
  }
}
