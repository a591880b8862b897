package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.index.PublishOutcome.BehindPredecessor;
import infomax.index.PublishOutcome.ForeignTerm;
import infomax.index.PublishOutcome.Published;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a writer starts from, and that only one writes. */
final class ShardWriterTest {

  private static final ImageId A = new ImageId("a");
  private static final ImageId B = new ImageId("b");
  private static final ImageId C = new ImageId("c");

  @TempDir Path folder;
  private final TestImages images = new TestImages(7);
  private Publications publications;

  @BeforeEach
  void open() {
    publications =
        new Publications(ObjectStore.open(folder.resolve("store")), InstantSource.system());
  }

  @Test
  void aNewShardIsPublishedEmptyAtOnce() {
    try (ShardWriter writer = writer("local")) {
      Manifest first = latest();
      assertThat(first.sequence()).isEqualTo(1);
      assertThat(first.term()).isEqualTo(writer.term());
      assertThat(first.images()).isZero();
      assertThat(first.positions().byPartition()).isEmpty();
    }
  }

  @Test
  void goesOnFromTheLocalCommitThatIsAheadOfThePublication() {
    Progress ahead;
    try (ShardWriter writer = writer("local")) {
      putAndPublish(writer, "a");
      writer.put(images.image("b"));
      ahead = images.progress();
      writer.commit(ahead);
      writer.put(images.image("c"));
    }
    try (ShardWriter writer = writer("local")) {
      assertThat(writer.term()).isEqualTo(2);
      assertThat(writer.progress()).isEqualTo(ahead);
      assertThat(writer.find(A)).isPresent();
      assertThat(writer.find(B)).isPresent();
      assertThat(writer.find(C)).isEmpty();
      assertThat(latest().term()).isEqualTo(2);
      assertThat(latest().images()).isEqualTo(1);
      assertThat(writer.publish()).isInstanceOf(Published.class);
      assertThat(latest().images()).isEqualTo(2);
    }
  }

  @Test
  void startsFromThePublicationWhereTheLocalFolderIsLost() {
    Manifest published;
    try (ShardWriter writer = writer("local")) {
      published = putAndPublish(writer, "a");
      writer.put(images.image("b"));
      writer.commit(images.progress());
    }
    try (ShardWriter writer = writer("empty")) {
      assertThat(writer.progress()).isEqualTo(published.progress());
      assertThat(writer.find(A)).isPresent();
      assertThat(writer.find(B)).isEmpty();
      putAndPublish(writer, "b");
    }
    // The first folder now holds a commit of an older term: it must be given up.
    try (ShardWriter writer = writer("local")) {
      assertThat(writer.term()).isEqualTo(3);
      assertThat(writer.images()).isEqualTo(2);
      putAndPublish(writer, "c");
      try (PublishedIndex index =
          PublishedIndex.open(publications.store(), latest(), folder.resolve("cache"))) {
        assertThat(index.images()).isEqualTo(3);
        assertThat(index.checkIntegrity().detail()).isEmpty();
      }
    }
  }

  /** Else what was committed in between would wait for the next commit, a minute later. */
  @Test
  void aLostReplyToAnEarlierCommitDoesNotPassForThisOne() {
    AtomicBoolean created = new AtomicBoolean();
    AtomicBoolean losesReplies = new AtomicBoolean();
    ObjectStore unreliable =
        ObjectStore.open(
            folder.resolve("store"),
            (step, name) -> {
              if (created.get() && losesReplies.getAndSet(false)) {
                throw new ObjectStoreException("no answer");
              }
              created.set(step == StoreStep.CREATE_ENTRY);
            });
    publications = new Publications(unreliable, InstantSource.system());
    try (ShardWriter writer = writer("local")) {
      writer.put(images.image("a"));
      writer.commit(images.progress());
      created.set(false);
      losesReplies.set(true);
      assertThatThrownBy(writer::publish).hasMessage("no answer");
      assertThat(latest().sequence()).isEqualTo(2);
      writer.put(images.image("b"));
      writer.commit(images.progress());
      assertThat(writer.publish())
          .isInstanceOfSatisfying(
              Published.class, made -> assertThat(made.manifest().images()).isEqualTo(2));
      assertThat(latest().sequence()).isEqualTo(3);
      assertThat(latest().positions()).isEqualTo(images.progress().positions());
      assertThat(writer.publish()).isInstanceOf(Published.class);
    }
  }

  @Test
  void aFetchThatFailedGoesOnWhereItFailed() {
    try (ShardWriter writer = writer("local")) {
      for (String id : List.of("a", "b", "c")) {
        putAndPublish(writer, id);
      }
    }
    AtomicInteger fetches = new AtomicInteger();
    int files = latest().files().size();
    ObjectStore unreliable =
        ObjectStore.open(
            folder.resolve("store"),
            (step, name) -> {
              if (step == StoreStep.FETCH_OBJECT && fetches.incrementAndGet() == files) {
                throw new ObjectStoreException("no answer");
              }
            });
    publications = new Publications(unreliable, InstantSource.system());
    assertThatThrownBy(() -> writer("another")).isInstanceOf(ObjectStoreException.class);
    try (ShardWriter writer = writer("another")) {
      assertThat(fetches.get()).isEqualTo(files + 1);
      assertThat(writer.images()).isEqualTo(3);
    }
  }

  @Test
  void aWriterThatWasTakenOverStandsBy() {
    try (ShardWriter old = writer("old")) {
      putAndPublish(old, "a");
      try (ShardWriter next = writer("next")) {
        old.put(images.image("b"));
        old.commit(images.progress());
        assertThat(old.publish()).isEqualTo(new ForeignTerm(latest()));
        assertThat(latest().images()).isEqualTo(1);
        next.put(images.image("c"));
        next.commit(images.progress());
        assertThat(next.publish()).isInstanceOf(Published.class);
      }
    }
  }

  @Test
  void refusesToPublishBehindItsPredecessor() {
    try (ShardWriter writer = writer("local")) {
      Progress early = images.progress();
      Manifest newest = putAndPublish(writer, "a");
      writer.commit(early);
      assertThat(writer.publish()).isEqualTo(new BehindPredecessor(newest));
    }
  }

  @Test
  void publishesAgainWhereItsManifestIsDamagedAndGoesOnFromItAfterARestart() throws IOException {
    try (ShardWriter writer = writer("local")) {
      Manifest before = putAndPublish(writer, "a");
      Manifest damaged = putAndPublish(writer, "b");
      damage(damaged);
      assertThat(latest()).isEqualTo(before);
      assertThat(writer.publish()).isInstanceOf(Published.class);
      assertThat(latest().sequence()).isEqualTo(damaged.sequence() + 1);
      assertThat(latest().files()).isEqualTo(damaged.files());
      damage(latest());
    }
    try (ShardWriter writer = writer("local")) {
      assertThat(writer.find(B)).isPresent();
      assertThat(writer.publish()).isInstanceOf(Published.class);
      assertThat(latest().images()).isEqualTo(2);
    }
  }

  @Test
  void neverBeginsAnewWhereNoManifestCanBeRead() throws IOException {
    try (ShardWriter writer = writer("local")) {
      damage(latest());
    }
    assertThatThrownBy(() -> writer("local"))
        .isInstanceOf(IndexCorruptException.class)
        .hasMessageContaining("no publication of generation 1 can be read");
  }

  @Test
  void refusesToGoOnAsSomethingElse() {
    writer("local").close();
    IndexSpec spec = TestImages.SPEC;
    IndexSpec other =
        new IndexSpec(
            spec.generation(),
            spec.shard(),
            Digest.of(new byte[] {2}),
            spec.dimensions(),
            spec.topicId(),
            spec.partitions(),
            spec.index(),
            spec.format());
    assertThatThrownBy(
            () ->
                ShardWriter.open(
                    publications, folder.resolve("local"), other, InstantSource.system(), () -> {}))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("was built as");
  }

  @Test
  void anOpeningAfterAFailureDoesNotTakeTheShardBack() {
    WriterOpenings mine = new WriterOpenings();
    writer("local", mine).close();
    writer("local", mine).close();
    try (ShardWriter others = writer("other", new WriterOpenings())) {
      assertThatThrownBy(() -> writer("local", mine))
          .isInstanceOf(SupersededException.class)
          .hasMessageContaining("term 3");
      putAndPublish(others, "a");
    }
    // A process that is started again takes over as any other does.
    try (ShardWriter again = writer("local", new WriterOpenings())) {
      assertThat(again.term()).isEqualTo(4);
      assertThat(again.images()).isEqualTo(1);
    }
  }

  @Test
  void aTakeOverWhoseReplyIsLostIsNoneOfSomebodyElse() {
    WriterOpenings mine = new WriterOpenings();
    writer("local", mine).close();
    AtomicBoolean taken = new AtomicBoolean();
    AtomicBoolean failing = new AtomicBoolean(true);
    Publications unreachable =
        new Publications(
            ObjectStore.open(
                folder.resolve("store"),
                (step, name) -> {
                  if (failing.get() && taken.get()) {
                    throw new ObjectStoreException("the reply is lost");
                  }
                  taken.compareAndSet(false, step == StoreStep.CREATE_ENTRY);
                }),
            InstantSource.system());
    assertThatThrownBy(() -> writer(unreachable, "local", mine))
        .isInstanceOf(ObjectStoreException.class);
    failing.set(false);
    assertThat(latest().term()).isEqualTo(2);
    try (ShardWriter writer = writer("local", mine)) {
      assertThat(writer.term()).isEqualTo(3);
    }
  }

  @Test
  void opensInANewFolderPerTermSharingWhatWasVerified() {
    try (ShardWriter writer = writer("local")) {
      putAndPublish(writer, "a");
    }
    PublishedIndex first =
        PublishedIndex.open(publications.store(), latest(), folder.resolve("cache"));
    try (ShardWriter writer = writer("other")) {
      putAndPublish(writer, "b");
      try (PublishedIndex second =
          PublishedIndex.open(
              publications.store(),
              new PublishedShards(List.of(latest())),
              folder.resolve("cache"),
              first)) {
        assertThat(second.images()).isEqualTo(2);
        assertThat(first.image(A)).isPresent();
        first.close();
        assertThat(second.image(B)).isPresent();
      }
    }
  }

  /** A bucket hands out every object at its price; here each fetch is counted. */
  @Test
  void ofANewTermOnlyWhatIsNewIsFetched() throws IOException {
    Set<String> fetched = new TreeSet<>();
    ObjectStore counting =
        ObjectStore.open(
            folder.resolve("store"),
            (step, name) -> {
              if (step == StoreStep.FETCH_OBJECT) {
                fetched.add(name);
              }
            });
    Path cache = folder.resolve("cache");
    Manifest before;
    try (ShardWriter writer = writer("local")) {
      before = putAndPublish(writer, "a");
    }
    PublishedIndex first = PublishedIndex.open(counting, before, cache);
    assertThat(fetched).isEqualTo(objectsBeyond(before, null));
    fetched.clear();
    try (ShardWriter writer = writer("other")) {
      Manifest next = putAndPublish(writer, "b");
      try (PublishedIndex second = open(counting, next, first)) {
        assertThat(fetched).isEqualTo(objectsBeyond(next, before));
        first.close();
        before = putAndPublish(writer, "c");
        try (PublishedIndex third = open(counting, before, second)) {
          assertThat(third.images()).isEqualTo(3);
          try (Stream<Path> terms = Files.list(cache.resolve("shard-0"))) {
            assertThat(terms).containsExactly(cache.resolve("shard-0/term-2"));
          }
        }
      }
    }
    // A process that is started again knows of nothing that it is right, and looks.
    IndexFile damaged =
        before.files().stream().filter(file -> file.name().endsWith(".cfs")).findFirst().get();
    Path local = cache.resolve("shard-0/term-2").resolve(damaged.name());
    byte[] bytes = Files.readAllBytes(local);
    bytes[bytes.length / 2] ^= 1;
    Files.delete(local);
    Files.write(local, bytes);
    fetched.clear();
    try (ShardWriter writer = writer("local")) {
      Manifest next = putAndPublish(writer, "d");
      try (PublishedIndex again = PublishedIndex.open(counting, next, cache)) {
        Set<String> expected = objectsBeyond(next, before);
        expected.add(damaged.digest().hex());
        assertThat(fetched).isEqualTo(expected);
        assertThat(again.images()).isEqualTo(4);
        assertThat(again.checkIntegrity().clean()).isTrue();
      }
    }
  }

  @Test
  void whatIsWrittenInBulkIsMergedOnceInTheEndWhileWritingGoesOn() {
    int commits = 24;
    try (ShardWriter writer = writer("local")) {
      writer.bulk(true);
      for (int commit = 0; commit < commits; commit++) {
        writer.put(images.image("bulk-" + commit));
        writer.commit(images.progress());
      }
      assertThat(writer.publish()).isInstanceOf(Published.class);
      assertThat(segments(latest())).isEqualTo(commits);

      writer.put(images.image("uncommitted"));
      writer.mergeTo(2);
      writer.put(images.image("meanwhile"));
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !writer.isMerging());
      writer.bulk(false);
      putAndPublish(writer, "a");
      // Two, and one or two of what was put meanwhile and since.
      assertThat(segments(latest())).isBetween(2L, 4L);
      try (PublishedIndex index =
          PublishedIndex.open(publications.store(), latest(), folder.resolve("cache"))) {
        assertThat(index.images()).isEqualTo(commits + 3);
        assertThat(index.checkIntegrity().detail()).isEmpty();
      }
    }
  }

  @Test
  void aWriterMayBeClosedWhileItMerges() {
    try (ShardWriter writer = writer("local")) {
      writer.bulk(true);
      for (int commit = 0; commit < 8; commit++) {
        putAndPublish(writer, "bulk-" + commit);
      }
      writer.mergeTo(1);
    }
    try (ShardWriter writer = writer("local")) {
      assertThat(writer.images()).isEqualTo(8);
    }
  }

  private PublishedIndex open(ObjectStore store, Manifest manifest, PublishedIndex previous) {
    return PublishedIndex.open(
        store, new PublishedShards(List.of(manifest)), folder.resolve("cache"), previous);
  }

  private static Set<String> objectsBeyond(Manifest manifest, @Nullable Manifest previous) {
    Set<String> objects = new TreeSet<>();
    manifest.files().forEach(file -> objects.add(file.digest().hex()));
    if (previous != null) {
      previous.files().forEach(file -> objects.remove(file.digest().hex()));
    }
    return objects;
  }

  private static long segments(Manifest published) {
    return published.files().stream().filter(file -> file.name().endsWith(".si")).count();
  }

  private ShardWriter writer(String name) {
    return writer(name, new WriterOpenings());
  }

  private ShardWriter writer(String name, WriterOpenings openings) {
    return writer(publications, name, openings);
  }

  private ShardWriter writer(Publications with, String name, WriterOpenings openings) {
    return ShardWriter.open(
        with, folder.resolve(name), TestImages.SPEC, openings, InstantSource.system(), () -> {});
  }

  private Manifest putAndPublish(ShardWriter writer, String id) {
    writer.put(images.image(id));
    writer.commit(images.progress());
    PublishOutcome outcome = writer.publish();
    assertThat(outcome).isInstanceOf(Published.class);
    return ((Published) outcome).manifest();
  }

  private void damage(Manifest manifest) throws IOException {
    Path entry =
        folder
            .resolve("store/entries/publications/1/0")
            .resolve("manifest-%012d".formatted(manifest.sequence()));
    byte[] bytes = Files.readAllBytes(entry);
    bytes[bytes.length / 3] ^= 4;
    Files.write(entry, bytes);
  }

  private Manifest latest() {
    return publications.latest(1, 0).orElseThrow();
  }
}
