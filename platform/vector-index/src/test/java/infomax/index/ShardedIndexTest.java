package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import infomax.events.Positions;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.index.Publications.Hold;
import infomax.index.PublishOutcome.Published;
import infomax.store.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards are written one by one and searched as one index. */
final class ShardedIndexTest {

  private static final int SHARDS = 3;
  private static final IndexParameters INDEX =
      new IndexOverrides(SHARDS, null, null, null).on(IndexParameters.DEFAULT);

  @TempDir Path folder;

  private final TestImages images = new TestImages(5);
  private final List<ShardWriter> writers = new ArrayList<>();
  private ObjectStore store;
  private Publications publications;

  @BeforeEach
  void open() {
    store = ObjectStore.open(folder.resolve("store"));
    publications = new Publications(store, InstantSource.system());
  }

  @AfterEach
  void close() {
    writers.forEach(ShardWriter::close);
  }

  @Test
  void aGenerationIsThereOnceEveryShardIs() {
    for (int shard = 0; shard < SHARDS; shard++) {
      assertThat(publications.latest(1)).isEmpty();
      writers.add(writer(shard));
    }
    PublishedShards first = publications.latest(1).orElseThrow();
    assertThat(first.sequences()).containsExactly(1L, 1L, 1L);
    assertThat(publications.read(1, List.of(1L, 1L, 1L))).contains(first);
    assertThat(publications.read(1, List.of(1L, 2L, 1L))).isEmpty();
    assertThat(first.spec().ofShard(1).shardPartitions()).containsExactly(1);
    assertThatThrownBy(() -> new PublishedShards(first.shards().subList(0, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 shards, expected 3");
  }

  @Test
  void answersAreThoseOfOneIndex() {
    List<IndexedImage> all = new ArrayList<>();
    for (int number = 0; number < 600; number++) {
      all.add(images.image("image-" + number));
    }
    // The same vector several times over: equal scores across shards.
    for (int number = 0; number < 12; number++) {
      IndexedImage twin = images.image("twin-" + number);
      all.add(
          new IndexedImage(
              twin.id(),
              twin.digest(),
              twin.format(),
              twin.partition(),
              twin.offset(),
              twin.timestamp(),
              twin.metadata(),
              all.getFirst().vector(),
              1));
    }
    try (ShardWriter single =
        ShardWriter.open(
            new Publications(store, InstantSource.system()),
            folder.resolve("single"),
            new IndexSpec(
                2,
                0,
                images.spec().encoder(),
                TestImages.DIMENSIONS,
                "topic-id",
                TestImages.PARTITIONS,
                IndexParameters.DEFAULT,
                IndexSpec.FORMAT),
            InstantSource.system(),
            () -> {})) {
      all.forEach(single::put);
      single.commit(images.progress());
      Manifest one = ((Published) single.publish()).manifest();
      for (int shard = 0; shard < SHARDS; shard++) {
        writers.add(writer(shard));
      }
      all.forEach(image -> writers.get(image.partition() % SHARDS).put(image));
      PublishedShards published = publishAll();
      assertThat(published.positions()).isEqualTo(one.positions());
      assertThat(published.images()).isEqualTo(one.images());
      try (PublishedIndex sharded =
              PublishedIndex.open(store, published, folder.resolve("sharded"), null);
          PublishedIndex whole = PublishedIndex.open(store, one, folder.resolve("whole"))) {
        assertThat(sharded.contents()).isEqualTo(whole.contents());
        assertThat(sharded.images()).isEqualTo(612);
        for (int query = 0; query < 50; query++) {
          VectorQuery exact = images.query(10, true, Metric.COSINE);
          assertThat(sharded.search(exact).hits()).isEqualTo(whole.search(exact).hits());
        }
        VectorQuery ties =
            VectorQuery.nearest(QueryVector.of(all.getFirst()), 7, true, Metric.COSINE)
                .with(new Effort(true, 100, Deadline.NONE));
        assertThat(sharded.search(ties).hits()).isEqualTo(whole.search(ties).hits());
        assertThat(Recall.measure(sharded, 100, 3, Deadline.NONE).orElseThrow())
            .isGreaterThanOrEqualTo(0.98);
        assertThat(sharded.list(Filter.ALL, null, 612, Deadline.NONE).images())
            .isEqualTo(whole.list(Filter.ALL, null, 612, Deadline.NONE).images());
        assertThat(sharded.image(all.get(7).id())).contains(all.get(7));
        assertThat(sharded.checkIntegrity().detail()).isEmpty();
        Set<IndexedImage> sample = new HashSet<>(sharded.sample(612, 1));
        assertThat(sample).hasSize(612);
      }
    }
  }

  @Test
  void shardsMoveOnOneByOneAndOldPublicationsStayOpen() {
    for (int shard = 0; shard < SHARDS; shard++) {
      writers.add(writer(shard));
    }
    PublishedShards first = publishAll();
    try (PublishedIndex before = PublishedIndex.open(store, first, folder.resolve("cache"), null)) {
      IndexedImage image = images.image("a");
      ShardWriter writer = writers.get(image.partition() % SHARDS);
      writer.put(image);
      publish(writer);
      PublishedShards newest = publications.latest(1).orElseThrow();
      PublishedShards next = newest.after(first);
      assertThat(next).isEqualTo(newest);
      assertThat(first.after(newest)).isEqualTo(newest);
      PublishedIndex after = PublishedIndex.open(store, next, folder.resolve("cache"), before);
      assertThat(after.image(image.id())).contains(image);
      assertThat(before.image(image.id())).isEmpty();
      before.close();
      assertThat(after.images()).isEqualTo(1);
      after.close();
      assertThatThrownBy(() -> after.image(image.id()))
          .isInstanceOf(org.apache.lucene.store.AlreadyClosedException.class);
    }
  }

  @Test
  void aHoldKeepsEveryShardsPublication() {
    for (int shard = 0; shard < SHARDS; shard++) {
      writers.add(writer(shard));
    }
    PublishedShards first = publications.latest(1).orElseThrow();
    try (Hold held = publications.hold(first)) {
      assertThat(held).isNotNull();
      publishAll();
      collectGarbage();
      assertThat(publications.read(1, first.sequences())).contains(first);
    }
    collectGarbage();
    assertThat(publications.read(1, first.sequences())).isEqualTo(Optional.empty());
    assertThatThrownBy(() -> publications.hold(first)).isInstanceOf(IndexException.class);
  }

  /** However long it has held still since, while another one was being built. */
  @Test
  void aShardIsAsCompleteAsItWasWhenItWasPublished() {
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    List<Manifest> shards = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      Instant publishedAt = at.plus(Duration.ofHours(shard));
      TreeMap<Integer, Instant> complete = new TreeMap<>();
      complete.put(shard, publishedAt.minusSeconds(5 + shard));
      shards.add(
          new Manifest(
              images.spec(INDEX).ofShard(shard),
              1,
              1,
              "writer",
              new Progress(Positions.START, complete, null, null),
              0,
              List.of(new IndexFile("segments_1", 1, images.spec().encoder())),
              publishedAt));
    }
    PublishedShards published = new PublishedShards(shards);
    assertThat(published.incompleteFor())
        .containsExactly(
            entry(0, Duration.ofSeconds(5)),
            entry(1, Duration.ofSeconds(6)),
            entry(2, Duration.ofSeconds(7)));
    assertThat(published.publishedAt()).isEqualTo(at.plus(Duration.ofHours(2)));
  }

  private void collectGarbage() {
    for (int shard = 0; shard < SHARDS; shard++) {
      publications.collectGarbage(1, shard, 1, Duration.ofSeconds(-1));
    }
  }

  private ShardWriter writer(int shard) {
    return ShardWriter.open(
        publications,
        folder.resolve("local-" + shard),
        images.spec(INDEX).ofShard(shard),
        InstantSource.system(),
        () -> {});
  }

  private PublishedShards publishAll() {
    writers.forEach(this::publish);
    return publications.latest(1).orElseThrow();
  }

  private void publish(ShardWriter writer) {
    Positions own = images.progress().positions().in(writer.spec().shardPartitions());
    writer.commit(new Progress(own, new TreeMap<>(), null, null));
    assertThat(writer.publish()).isInstanceOf(Published.class);
  }
}
