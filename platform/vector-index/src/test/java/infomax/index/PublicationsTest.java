package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.Json;
import infomax.events.Positions;
import infomax.index.PublishOutcome.BehindPredecessor;
import infomax.index.PublishOutcome.ForeignTerm;
import infomax.index.PublishOutcome.Published;
import infomax.store.ObjectStore;
import infomax.store.StoreStep;
import infomax.testing.store.FaultyObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PublicationsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private ObjectStore store;
  private Publications publications;

  @BeforeEach
  void open() {
    store = ObjectStore.open(folder);
    publications = new Publications(store, now::get);
  }

  @Test
  void publishesInSequenceAndReadsBack() {
    assertThat(publications.latest(1, 0)).isEmpty();
    Manifest first = manifest(1, 1, "a", 10);
    assertThat(publications.publish(first)).isEqualTo(new Published(first));
    Manifest second = manifest(2, 1, "a", 20);
    assertThat(publications.publish(second)).isEqualTo(new Published(second));
    assertThat(publications.latest(1, 0)).contains(second);
    assertThat(publications.read(1, 0, 1)).contains(first);
    assertThat(publications.latest(2, 0)).isEmpty();
  }

  @Test
  void anAttemptRepeatedAfterALostReplyIsTheSamePublication() {
    Manifest first = manifest(1, 1, "a", 10);
    publications.publish(first);
    now.set(START.plusSeconds(1));
    assertThat(publications.publish(manifest(1, 1, "a", 10))).isEqualTo(new Published(first));
  }

  @Test
  void refusesWhatIsBehindOnAnyPartition() {
    Manifest first = manifest(1, 1, "a", 10);
    publications.publish(first);
    assertThat(publications.publish(manifest(2, 1, "a", 9)))
        .isEqualTo(new BehindPredecessor(first));
    assertThat(publications.latest(1, 0)).contains(first);
  }

  @Test
  void aTakeOverFencesTheOldWriter() {
    Manifest first = manifest(1, 1, "a", 10);
    publications.publish(first);
    PublishOutcome taken = publications.takeOver(first, 1, "b");
    assertThat(taken).isInstanceOf(Published.class);
    Manifest second = ((Published) taken).manifest();
    assertThat(second.term()).isEqualTo(2);
    assertThat(second.files()).isEqualTo(first.files());
    assertThat(publications.publish(manifest(2, 1, "a", 20))).isEqualTo(new ForeignTerm(second));
    assertThat(publications.publish(manifest(3, 1, "a", 20))).isEqualTo(new ForeignTerm(second));
    assertThat(publications.publish(manifest(3, 2, "b", 20))).isInstanceOf(Published.class);
  }

  @Test
  void aTakeOverOfAnOldPublicationIsRefused() {
    Manifest first = manifest(1, 1, "a", 10);
    publications.publish(first);
    Manifest second = manifest(2, 1, "a", 20);
    publications.publish(second);
    assertThat(publications.takeOver(first, 1, "b")).isEqualTo(new BehindPredecessor(second));
  }

  @Test
  void anotherWriterInTheSameTermIsForeign() {
    Manifest first = manifest(1, 1, "a", 10);
    publications.publish(first);
    assertThat(publications.publish(manifest(1, 1, "b", 10))).isEqualTo(new ForeignTerm(first));
  }

  @Test
  void ofRacingWritersOnePublishesAndTheOthersLearnIt() throws Exception {
    int writers = 3;
    CyclicBarrier together = new CyclicBarrier(writers);
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      for (int generation = 1; generation <= 30; generation++) {
        List<Future<PublishOutcome>> attempts = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
          Manifest mine = manifest(generation, 1, 1, "writer-" + writer, 10);
          attempts.add(
              threads.submit(
                  () -> {
                    together.await();
                    return publications.publish(mine);
                  }));
        }
        Manifest winner = null;
        int published = 0;
        for (Future<PublishOutcome> attempt : attempts) {
          if (attempt.get() instanceof Published(Manifest manifest)) {
            winner = manifest;
            published++;
          }
        }
        assertThat(published).isEqualTo(1);
        assertThat(publications.latest(generation, 0)).contains(winner);
        for (Future<PublishOutcome> attempt : attempts) {
          assertThat(attempt.get()).isIn(new Published(winner), new ForeignTerm(winner));
        }
      }
    }
  }

  @Test
  void aWriterThatSleptThroughGarbageCollectionIsNotTheNewest() {
    publications.publish(manifest(1, 1, "a", 10));
    Manifest newest = ((Published) publications.takeOver(latest(), 1, "b")).manifest();
    for (int sequence = 3; sequence <= 6; sequence++) {
      newest = manifest(sequence, 2, "b", 10L * sequence);
      publications.publish(newest);
    }
    now.set(START.plusSeconds(600));
    assertThat(publications.collectGarbage(1, 0, 2, Duration.ofSeconds(60))).isEqualTo(4);
    // The old writer's next number is free again; it must not believe that it published.
    assertThat(publications.publish(manifest(2, 1, "a", 20))).isEqualTo(new ForeignTerm(newest));
    assertThat(publications.latest(1, 0)).contains(newest);
  }

  @Test
  void garbageGoesButWhatIsKeptYoungOrHeldStays() {
    for (int sequence = 1; sequence <= 5; sequence++) {
      publications.publish(manifest(sequence, 1, "a", sequence));
    }
    Manifest held = publications.read(1, 0, 2).orElseThrow();
    assertThat(publications.collectGarbage(1, 0, 2, Duration.ofSeconds(60))).isZero();
    now.set(START.plusSeconds(120));
    try (Publications.Hold hold = publications.hold(held)) {
      assertThat(hold).isNotNull();
      assertThat(publications.collectGarbage(1, 0, 2, Duration.ofSeconds(60))).isEqualTo(2);
      assertThat(publications.read(1, 0, 2)).isPresent();
      assertThat(store.contains(held.files().getFirst().digest())).isTrue();
      assertThat(publications.read(1, 0, 1)).isEmpty();
      assertThat(store.contains(file("only-in-1").digest())).isFalse();
      assertThat(store.contains(file("shared").digest())).isTrue();
    }
    assertThat(publications.collectGarbage(1, 0, 2, Duration.ofSeconds(60))).isEqualTo(1);
    assertThatThrownBy(() -> publications.hold(held)).isInstanceOf(IndexException.class);
    now.set(START.plusSeconds(240));
    publications.deleteAll(1, 0);
    assertThat(publications.latest(1, 0)).isEmpty();
    assertThat(store.contains(file("shared").digest())).isFalse();
  }

  /** However old a publication is: a reader may have taken it just before it was replaced. */
  @Test
  void theGraceBeginsWhenAPublicationIsReplaced() {
    publications.publish(manifest(1, 1, "a", 1));
    now.set(START.plus(Duration.ofHours(1)));
    for (int sequence = 2; sequence <= 5; sequence++) {
      publications.publish(manifest(sequence, 1, "a", sequence));
    }
    Duration grace = Duration.ofMinutes(10);
    assertThat(publications.collectGarbage(1, 0, 3, grace)).isZero();
    now.set(START.plus(Duration.ofHours(1)).plus(grace));
    assertThat(publications.collectGarbage(1, 0, 3, grace)).isEqualTo(2);
    assertThat(publications.read(1, 0, 1)).isEmpty();
    assertThat(publications.read(1, 0, 3)).isPresent();
    assertThat(store.contains(file("only-in-2").digest())).isFalse();
    assertThat(store.contains(file("only-in-3").digest())).isTrue();
  }

  @Test
  void whatTheStoreKeepsIsBoundedHoweverMuchIsPublished() throws IOException {
    Duration grace = Duration.ofSeconds(10);
    for (int sequence = 1; sequence <= 60; sequence++) {
      publications.publish(manifest(sequence, 1, "a", sequence));
      now.set(now.get().plusSeconds(1));
      publications.collectGarbage(1, 0, 3, grace);
      // One a second for 10 s, the one that is newest, and the file they share.
      assertThat(store.names("publications/1/0")).hasSizeLessThanOrEqualTo(11);
      try (Stream<Path> objects = Files.list(folder.resolve("objects"))) {
        assertThat(objects.count()).isLessThanOrEqualTo(12);
      }
    }
    assertThat(store.names("publications/1/0")).hasSize(10);
    assertThat(store.contains(file("shared").digest())).isTrue();
  }

  @Test
  void aDamagedManifestIsPassedOverAndItsWriterGoesOn() throws IOException {
    Manifest first = manifest(1, 1, "a", 10);
    publications.publish(first);
    publications.publish(manifest(2, 1, "a", 20));
    damage(2);
    assertThat(publications.latest(1, 0)).contains(first);
    assertThat(publications.read(1, 0, 2)).isEmpty();
    // Somebody else may have written the second one, so that only who did may write the third.
    assertThat(publications.publish(manifest(2, 1, "a", 20)))
        .isEqualTo(new BehindPredecessor(first));
    Manifest third = manifest(3, 1, "a", 30);
    assertThat(publications.publish(third)).isEqualTo(new Published(third));
    assertThat(publications.latest(1, 0)).contains(third);
    assertThatThrownBy(publications::objects)
        .isInstanceOf(IndexCorruptException.class)
        .hasMessageContaining("publications/1/0/manifest-000000000002");
    assertThat(publications.collectGarbage(1, 0, 3, Duration.ofMinutes(10))).isZero();
    assertThat(store.names("publications/1/0"))
        .containsExactly("manifest-000000000001", "manifest-000000000003");
    assertThat(publications.objects()).contains(file("only-in-3").digest());
  }

  @Test
  void aTakeOverBeyondADamagedManifestHasATermAboveIt() throws IOException {
    Manifest first = manifest(1, 1, "a", 10);
    publications.publish(first);
    publications.takeOver(first, 1, "b");
    damage(2);
    Manifest third = ((Published) publications.takeOver(first, 2, "c")).manifest();
    assertThat(third.sequence()).isEqualTo(3);
    assertThat(third.term()).isEqualTo(3);
    // The writer of the damaged one is fenced, as if it were readable.
    assertThat(publications.publish(manifest(3, 2, "b", 20))).isEqualTo(new ForeignTerm(third));
    assertThat(publications.publish(manifest(4, 2, "b", 20))).isEqualTo(new ForeignTerm(third));
  }

  @Test
  void readsManifestsWrittenBeforeTheyHadADigest() {
    Manifest old = manifest(1, 1, "a", 10);
    store.createEntry("publications/1/0/manifest-000000000001", Json.write(old));
    assertThat(publications.latest(1, 0)).contains(old);
    Manifest next = manifest(2, 1, "a", 20);
    assertThat(publications.publish(next)).isEqualTo(new Published(next));
  }

  @Test
  void noByteOfAManifestCanChangeUnnoticed() {
    Manifest manifest = manifest(1, 1, "a", 10);
    byte[] bytes = ManifestCodec.write(manifest);
    assertThat(ManifestCodec.read(bytes)).isEqualTo(manifest);
    for (int position = 0; position < bytes.length; position++) {
      for (int bit = 0; bit < 8; bit++) {
        bytes[position] ^= (byte) (1 << bit);
        assertThatThrownBy(() -> ManifestCodec.read(bytes))
            .isInstanceOf(IllegalArgumentException.class);
        bytes[position] ^= (byte) (1 << bit);
      }
      byte[] cut = Arrays.copyOf(bytes, position);
      assertThatThrownBy(() -> ManifestCodec.read(cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aDamagedHoldHoldsNothingUp() throws IOException {
    for (int sequence = 1; sequence <= 3; sequence++) {
      publications.publish(manifest(sequence, 1, "a", sequence));
    }
    publications.hold(publications.read(1, 0, 1).orElseThrow());
    String hold = store.names("publications/1/0").getFirst();
    Files.writeString(folder.resolve("entries/publications/1/0").resolve(hold), "damaged");
    now.set(START.plusSeconds(120));
    assertThat(publications.collectGarbage(1, 0, 1, Duration.ofSeconds(60))).isEqualTo(2);
  }

  @Test
  void aForgottenHoldEnds() {
    for (int sequence = 1; sequence <= 3; sequence++) {
      publications.publish(manifest(sequence, 1, "a", sequence));
    }
    publications.hold(publications.read(1, 0, 1).orElseThrow());
    now.set(START.plus(Duration.ofHours(2)));
    assertThat(publications.collectGarbage(1, 0, 1, Duration.ofSeconds(60))).isEqualTo(2);
  }

  /**
   * Reading takes long where there are many, and their writer and its collector go on meanwhile.
   */
  @Test
  void whatIsPublishedWhileTheOthersAreReadIsNamedToo() {
    publications.publish(manifest(1, 1, "a", 1));
    publications.publish(manifest(2, 1, "a", 2));
    AtomicBoolean meanwhile = new AtomicBoolean();
    ObjectStore slow =
        ObjectStore.open(
            folder,
            (step, name) -> {
              if (step == StoreStep.READ_ENTRY && !meanwhile.getAndSet(true)) {
                for (int sequence = 3; sequence <= 5; sequence++) {
                  publications.publish(manifest(sequence, 1, "a", sequence));
                }
                now.set(START.plusSeconds(120));
                publications.collectGarbage(1, 0, 1, Duration.ofSeconds(60));
                publications.publish(manifest(6, 1, "a", 6));
              }
            });
    assertThat(new Publications(slow, now::get).objects())
        .containsExactlyInAnyOrder(
            file("only-in-5").digest(), file("only-in-6").digest(), file("shared").digest());
    assertThat(meanwhile).isTrue();
  }

  @Test
  void aHoldIsLetGoOfEvenWhileTheStoreFails() {
    FaultyObjectStore failing = new FaultyObjectStore(store, 0, 0);
    for (int sequence = 1; sequence <= 2; sequence++) {
      publications.publish(manifest(sequence, 1, "a", sequence));
    }
    Publications.Hold hold = new Publications(failing, now::get).hold(latest());
    failing.down(true);
    hold.close();
    now.set(START.plus(Duration.ofHours(2)));
    publications.publish(manifest(3, 1, "a", 3));
    now.set(START.plus(Duration.ofHours(3)));
    assertThat(publications.collectGarbage(1, 0, 1, Duration.ofSeconds(60))).isEqualTo(2);
  }

  private void damage(int sequence) throws IOException {
    Path entry =
        folder.resolve("entries/publications/1/0").resolve("manifest-%012d".formatted(sequence));
    byte[] bytes = Files.readAllBytes(entry);
    bytes[bytes.length / 2] ^= 1;
    Files.write(entry, bytes);
  }

  private Manifest latest() {
    return publications.latest(1, 0).orElseThrow();
  }

  private Manifest manifest(long sequence, long term, String writer, long offset) {
    return manifest(1, sequence, term, writer, offset);
  }

  private Manifest manifest(int generation, long sequence, long term, String writer, long offset) {
    IndexSpec spec = TestImages.SPEC;
    return new Manifest(
        new IndexSpec(generation, 0, spec.encoder(), 4, "topic-id", 2, spec.index(), spec.format()),
        sequence,
        term,
        writer,
        new Progress(
            Positions.ofOffsets(Map.of(0, offset, 1, 100L)), new TreeMap<>(), null, now.get()),
        offset,
        List.of(stored("only-in-" + sequence), stored("shared")),
        now.get());
  }

  private IndexFile stored(String name) {
    store.put(name.getBytes(StandardCharsets.UTF_8));
    return file(name);
  }

  private IndexFile file(String name) {
    byte[] content = name.getBytes(StandardCharsets.UTF_8);
    return new IndexFile(name, content.length, infomax.events.Digest.of(content));
  }
}
