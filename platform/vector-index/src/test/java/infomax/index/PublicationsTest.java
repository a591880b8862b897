package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.Positions;
import infomax.index.PublishOutcome.BehindPredecessor;
import infomax.index.PublishOutcome.ForeignTerm;
import infomax.index.PublishOutcome.Published;
import infomax.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
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
    PublishOutcome taken = publications.takeOver(first, "b");
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
    assertThat(publications.takeOver(first, "b")).isEqualTo(new BehindPredecessor(second));
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
    Manifest newest = ((Published) publications.takeOver(latest(), "b")).manifest();
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

  @Test
  void aForgottenHoldEnds() {
    for (int sequence = 1; sequence <= 3; sequence++) {
      publications.publish(manifest(sequence, 1, "a", sequence));
    }
    publications.hold(publications.read(1, 0, 1).orElseThrow());
    now.set(START.plus(Duration.ofHours(2)));
    assertThat(publications.collectGarbage(1, 0, 1, Duration.ofSeconds(60))).isEqualTo(2);
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
        new IndexSpec(generation, 0, spec.encoder(), 4, "topic-id", 2, 16, 100, spec.format()),
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
