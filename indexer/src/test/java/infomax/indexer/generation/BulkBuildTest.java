package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.control.IndexParameters;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.index.IndexSpec;
import infomax.index.IndexedImage;
import infomax.index.Progress;
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
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When an index is written in bulk, on a real one. */
final class BulkBuildTest {

  private static final int SEGMENTS = 24;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private ShardWriter writer;
  private BulkBuild build;
  private long offset;

  @BeforeEach
  void open() {
    writer =
        ShardWriter.open(
            new Publications(ObjectStore.open(folder.resolve("store")), InstantSource.system()),
            folder.resolve("local"),
            new IndexSpec(
                1,
                0,
                Digest.of(new byte[] {1}),
                2,
                "topic",
                1,
                IndexParameters.DEFAULT,
                IndexSpec.FORMAT),
            InstantSource.system(),
            () -> {});
    build = new BulkBuild(writer, new LogProgress(List.of(0), Instant.EPOCH, Progress.START));
  }

  @AfterEach
  void close() {
    writer.close();
  }

  /** Lucene merges at the eighth small segment of an index that is searched. */
  @Test
  void aStandbyIsHardlyMergedAndMergedAgainOnceItIsSearched() {
    build.follow(orders(Priority.STANDBY));
    assertThat(build.isOver()).isTrue();
    assertThat(build.mayPublish()).isTrue();
    write(SEGMENTS);
    assertThat(writer.segments()).isEqualTo(SEGMENTS);

    build.follow(orders(Priority.LEADER));
    Awaitility.await()
        .atMost(DEADLINE)
        .until(
            () -> {
              write(1);
              return writer.segments() < SEGMENTS / 2;
            });
  }

  private static Orders orders(Priority priority) {
    int leader = priority == Priority.LEADER ? 1 : 2;
    return new Orders(Mode.FOLLOW, null, 1, leader, priority, false);
  }

  private void write(int segments) {
    for (int segment = 0; segment < segments; segment++) {
      writer.put(image());
      writer.commit(writer.progress());
    }
  }

  private IndexedImage image() {
    return new IndexedImage(
        new ImageId("image-" + offset),
        Digest.of(new byte[] {2}),
        ImageFormat.PNG,
        0,
        offset++,
        Instant.EPOCH,
        Metadata.of(Map.of()),
        UnitVector.direction(new float[] {1, offset}),
        1);
  }
}
