package infomax.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ControlState;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.standalone.TinyRelease;
import infomax.store.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The benchmarks of the whole system in their smallest form, one after the other on one system
 * whose release 0 is a tiny encoder, so that no trainer has to be waited for.
 */
@Tag("soak")
final class BenchIT {

  private static final long SEED = 5;
  private static final int IMAGES = 400;

  @TempDir Path folder;

  @Test
  void eachMeasuresARunningSystem() throws Exception {
    System.out.println("seed of this run: " + SEED);
    Path data = folder.resolve("data");
    ObjectStore store = ObjectStore.open(data.resolve("objects"));
    ControlState state;
    try (BenchSystem system =
        BenchSystem.start(data, clients -> TinyRelease.write(store, clients, SEED))) {
      streams(system);
      system.fill(() -> new ClusteredImages(SEED, 1_000), IMAGES, SEED);
      searches(system);
      rolls(system);
      state = system.control();
    }
    fillsByPublisher(store, state);
  }

  private static void streams(BenchSystem system) throws Exception {
    StreamBenchmark.Report report =
        new StreamBenchmark(
                new StreamBenchmark.Options(
                    100, Duration.ofMillis(200), Duration.ofSeconds(1), SEED),
                _ -> {})
            .measure(system);
    assertThat(report.samples()).isGreaterThan(50);
    assertThat(report.freshnessP50Millis()).isPositive();
    assertThat(report.freshnessP99Millis()).isGreaterThanOrEqualTo(report.freshnessP50Millis());
    assertThat(report.images()).isGreaterThan(50);
  }

  private static void searches(BenchSystem system) throws Exception {
    SearchBenchmark.Report report =
        new SearchBenchmark(
                new SearchBenchmark.Options(
                    IMAGES,
                    SearchBenchmark.Fill.STREAM,
                    2,
                    50,
                    Duration.ofMillis(500),
                    Duration.ofMillis(200),
                    20,
                    SEED),
                _ -> {})
            .measure(system);
    assertThat(report.vectors()).isGreaterThanOrEqualTo(IMAGES);
    assertThat(report.recallAt10ById()).isGreaterThan(0.9);
    assertThat(report.recallAt10ByImage()).isGreaterThan(0.9);
    assertAnswered(report.byId());
    assertThat(report.byId().stageMillis()).containsKeys("http", "search", "fetch", "other");
    assertAnswered(report.byImage());
    assertThat(report.byImage().stageMillis()).containsKeys("decode", "embed", "search", "fetch");
    SearchBenchmark.Streaming streaming = Objects.requireNonNull(report.streaming());
    assertAnswered(streaming.byId());
    assertAnswered(streaming.byImage());
    assertThat(streaming.byIdRatio()).isPositive();
  }

  private static void assertAnswered(SearchLoad.Result result) {
    assertThat(result.failed()).isZero();
    assertThat(result.queries()).isPositive();
    assertThat(result.queriesPerSecond()).isPositive();
    assertThat(result.p50Millis()).isPositive();
    assertThat(result.p99Millis()).isGreaterThanOrEqualTo(result.p50Millis());
  }

  private static void rolls(BenchSystem system) throws Exception {
    RollBenchmark.Report report =
        new RollBenchmark(
                new RollBenchmark.Options(IMAGES, 50, 20, Duration.ofMillis(500), SEED), _ -> {})
            .measure(system);
    assertThat(report.images()).isGreaterThanOrEqualTo(IMAGES);
    assertThat(report.rollSeconds()).isGreaterThanOrEqualTo(report.buildSeconds());
    assertThat(report.buildSeconds()).isPositive();
    assertThat(report.encoderImagesPerSecond()).isPositive();
    assertThat(report.queries()).isPositive();
    // A machine under load makes some late, which counts as failed.
    assertThat(report.queriesFailed()).isLessThan(report.queries());
    assertThat(report.answersMixed()).isZero();
    assertThat(report.fetchedBytesPerMinute()).isGreaterThan(report.newVectorBytesPerMinute() / 2);
  }

  private void fillsByPublisher(ObjectStore store, ControlState state) {
    int live = state.live().orElseThrow().number();
    Publications publications = new Publications(store, InstantSource.system());
    Manifest before = publications.latest(live, 0).orElseThrow();
    new PublisherFill(store, folder.resolve("fill"), _ -> {}).fill(state, 2_000, SEED);
    Manifest after = publications.latest(live, 0).orElseThrow();
    // Ids 0 to 1,999, of which the streams had brought some.
    assertThat(after.images()).isBetween(before.images() + 100, before.images() + 2_000);
    assertThat(after.positions()).isEqualTo(before.positions());
    assertThat(after.bytesBeyond(before)).isBetween(1L, after.bytesBeyond(null));
  }
}
