package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.control.IndexParameters;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.index.IndexSpec;
import infomax.index.IndexedImage;
import infomax.index.Publications;
import infomax.index.ShardWriter;
import infomax.index.UnitVector;
import infomax.indexer.generation.Orders.Mode;
import infomax.indexer.generation.Orders.Priority;
import infomax.store.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When an index that is searched is merged, on a real one. */
final class CalmMergeTest {

  private static final int SEED = 5;
  private static final int DIMENSIONS = 4;
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private ShardWriter writer;
  private long offset;

  @BeforeEach
  void open() {
    System.out.println("seed " + SEED);
    ObjectStore store = ObjectStore.open(folder.resolve("store"));
    writer =
        ShardWriter.open(
            new Publications(store, InstantSource.system()),
            folder.resolve("local"),
            new IndexSpec(
                1,
                0,
                Digest.of(new byte[] {1}),
                DIMENSIONS,
                "topic",
                1,
                IndexParameters.DEFAULT,
                IndexSpec.FORMAT),
            InstantSource.system(),
            () -> {});
    // Else Lucene would merge some of the segments that the test makes.
    writer.bulk(true);
  }

  @AfterEach
  void close() {
    writer.close();
  }

  @Test
  void mergesOnceToFewSegmentsWhichWaitForACommit() {
    write(10, 800);
    CalmMerge merge = new CalmMerge(writer, SOON);
    Awaitility.await().atMost(DEADLINE).until(() -> merge.follow(orders(1)));
    writer.commit(writer.progress());
    assertThat(writer.segments()).isLessThanOrEqualTo(BulkBuild.SEGMENTS);
    assertThat(writer.images()).isEqualTo(8_000);

    write(10, 10);
    merge.disturbed();
    assertThatNothingIsMerged(merge, orders(1));
    write(10, 800);
    merge.disturbed();
    Awaitility.await().atMost(DEADLINE).until(() -> merge.follow(orders(1)));
    writer.commit(writer.progress());
    assertThat(writer.segments()).isLessThanOrEqualTo(BulkBuild.SEGMENTS);
  }

  @Test
  void leavesWhatIsSoonSearchedAnyway() {
    write(10, 100);
    assertThatNothingIsMerged(new CalmMerge(writer, SOON), orders(1));
  }

  @Test
  void leavesAnIndexThatNobodySearches() {
    write(10, 800);
    assertThatNothingIsMerged(new CalmMerge(writer, SOON), orders(2));
  }

  @Test
  void waitsForTheEndOfAStream() {
    write(10, 800);
    CalmMerge merge = new CalmMerge(writer, NEVER);
    merge.disturbed();
    assertThat(merge.follow(orders(1))).isFalse();
    assertThat(writer.isMerging()).isFalse();
  }

  /** Followed for ten times as long as it waits for calm. */
  private void assertThatNothingIsMerged(CalmMerge merge, Orders orders) {
    int segments = writer.segments();
    long untilNanos = System.nanoTime() + 10 * SOON.toNanos();
    Awaitility.await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              assertThat(merge.follow(orders)).isFalse();
              assertThat(writer.isMerging()).isFalse();
              return System.nanoTime() > untilNanos;
            });
    writer.commit(writer.progress());
    assertThat(writer.segments()).isEqualTo(segments);
  }

  private static Orders orders(int leader) {
    return new Orders(Mode.FOLLOW, null, 1, leader, Priority.LEADER, false);
  }

  private void write(int segments, int images) {
    for (int segment = 0; segment < segments; segment++) {
      for (int image = 0; image < images; image++) {
        writer.put(image());
      }
      writer.commit(writer.progress());
    }
  }

  private IndexedImage image() {
    float[] components = new float[DIMENSIONS];
    for (int component = 0; component < DIMENSIONS; component++) {
      components[component] = (float) random.nextGaussian();
    }
    return new IndexedImage(
        new ImageId("image-" + offset),
        Digest.of(new byte[] {2}),
        ImageFormat.PNG,
        0,
        offset++,
        Instant.EPOCH,
        Metadata.of(Map.of()),
        UnitVector.direction(components),
        1);
  }
}
