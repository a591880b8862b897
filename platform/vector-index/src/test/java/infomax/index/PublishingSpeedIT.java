package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.index.PublishOutcome.Published;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commits, publishes and opens twice a second while 50,000 images of 256 components stream in, a
 * tenth of them updates, and says how long each takes. {@code -Dspeed.pace=0} does not wait.
 */
@Tag("soak")
final class PublishingSpeedIT {

  private static final int IMAGES = Integer.getInteger("speed.images", 50_000);
  private static final int PER_COMMIT = Integer.getInteger("speed.per-commit", 100);
  private static final long PACE_MILLIS = Long.getLong("speed.pace", 100);

  /** Distinct ids: from then on images replace the oldest. */
  private static final int RING = Integer.getInteger("speed.ring", IMAGES);

  private static final int DIMENSIONS = 256;

  @TempDir Path folder;

  @Test
  void staysFarBelowTheCommitInterval() throws IOException {
    ObjectStore store = ObjectStore.open(folder.resolve("store"));
    Publications publications = new Publications(store, InstantSource.system());
    TestImages images = new TestImages(3, DIMENSIONS);
    Random random = new Random(3);
    List<Double> puts = new ArrayList<>();
    List<Double> commits = new ArrayList<>();
    List<Double> publishes = new ArrayList<>();
    List<Double> opens = new ArrayList<>();
    List<Double> searches = new ArrayList<>();
    PublishedIndex index = null;
    Instant begun = Instant.now();
    long cpuNanos = cpuNanos();
    try (ShardWriter writer =
        ShardWriter.open(
            publications,
            folder.resolve("local"),
            images.spec(),
            InstantSource.system(),
            () -> {})) {
      int next = 0;
      for (int commit = 1; next < IMAGES; commit++) {
        long start = System.nanoTime();
        for (int step = 0; step < PER_COMMIT; step++) {
          boolean update = next > 0 && random.nextInt(10) == 0;
          writer.put(images.image("image-" + (update ? random.nextInt(next) : next++) % RING));
        }
        long put = System.nanoTime();
        writer.commit(images.progress());
        long committed = System.nanoTime();
        PublishOutcome outcome = writer.publish();
        long published = System.nanoTime();
        assertThat(outcome).isInstanceOf(Published.class);
        PublishedIndex opened =
            PublishedIndex.open(
                store,
                new PublishedShards(List.of(((Published) outcome).manifest())),
                folder.resolve("cache"),
                index);
        if (index != null) {
          index.close();
        }
        index = opened;
        long ready = System.nanoTime();
        index.search(images.query(10, false, Metric.COSINE));
        searches.add((System.nanoTime() - ready) / 1e6);
        puts.add((put - start) / 1e6);
        commits.add((committed - put) / 1e6);
        publishes.add((published - committed) / 1e6);
        opens.add((ready - published) / 1e6);
        if (commit % 20 == 0) {
          publications.collectGarbage(1, 0, 3, Duration.ofSeconds(5));
        }
        if (commit % 100 == 0) {
          System.out.printf(
              "commit %d images %d files %d%n",
              commit, index.images(), index.published().shards().getFirst().files().size());
        }
        LockSupport.parkNanos(PACE_MILLIS * 1_000_000);
      }
    }
    System.out.printf(
        "%d images in %s, CPU %.1f s%n",
        index.images(), Duration.between(begun, Instant.now()), (cpuNanos() - cpuNanos) / 1e9);
    print("put", puts);
    print("commit", commits);
    print("publish", publishes);
    print("open", opens);
    print("search approximate", searches);
    for (Metric metric : Metric.values()) {
      for (boolean exact : new boolean[] {false, true}) {
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
          VectorQuery query = images.query(10, exact, metric);
          long start = System.nanoTime();
          index.search(query);
          times.add((System.nanoTime() - start) / 1e6);
        }
        print("search " + metric + (exact ? " exact" : " approximate"), times);
      }
    }
    int found = 0;
    for (int round = 0; round < 200; round++) {
      VectorQuery query = images.query(10, false, Metric.COSINE);
      List<SearchAnswer.Hit> exact =
          index
              .search(VectorQuery.nearest(query.positive().getFirst(), 10, true, query.metric()))
              .hits();
      found += (int) index.search(query).hits().stream().filter(exact::contains).count();
    }
    System.out.printf("recall@10 %.4f%n", found / 2000.0);
    long start = System.nanoTime();
    assertThat(index.contents().images()).isEqualTo(index.images());
    System.out.printf("contents %.0f ms%n", (System.nanoTime() - start) / 1e6);
    start = System.nanoTime();
    assertThat(index.checkIntegrity().detail()).isEmpty();
    System.out.printf("check %.0f ms%n", (System.nanoTime() - start) / 1e6);
    // Half of the commit interval; the tail is printed only, since it is the machine's.
    assertThat(percentile(commits, 0.5) + percentile(publishes, 0.5) + percentile(opens, 0.5))
        .isLessThan(250);
    assertThat(found).isGreaterThan(1_900);
    index.close();
  }

  private static void print(String what, List<Double> millis) {
    System.out.printf(
        "%-28s p50 %6.1f ms  p99 %6.1f ms  max %6.1f ms%n",
        what, percentile(millis, 0.5), percentile(millis, 0.99), percentile(millis, 1));
  }

  private static double percentile(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
