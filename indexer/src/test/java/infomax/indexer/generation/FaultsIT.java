package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import infomax.events.ImageId;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.RejectionReason;
import infomax.imaging.EncoderPixels;
import infomax.index.Manifest;
import infomax.index.PublishedIndex;
import infomax.indexer.rollout.decision.IndexingFailure;
import infomax.runtime.process.ChildJvm;
import infomax.store.StoreStep;
import infomax.testing.TestingKafka;
import infomax.testing.TinyEncoder;
import infomax.testing.store.FaultyObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an indexer survives: images that break the encoder or end the process, a writer that wakes
 * up after another took over, full disks, tombstones that expire. Every test ends in an independent
 * read of the topic.
 */
final class FaultsIT {

  private static final Duration DEADLINE = IndexedLog.DEADLINE;

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;
  private IndexedLog log;

  @BeforeEach
  void open() {
    log = new IndexedLog(KAFKA.clients(), folder, 20_261_127);
  }

  @AfterEach
  void close() {
    log.close();
  }

  /** What was committed last is out soon after the last fault, without another commit. */
  @Test
  void followsTheLogThroughAStoreThatFailsNowAndThen() throws Exception {
    FaultyObjectStore[] faulty = {null};
    log.wayToStore =
        store -> {
          faulty[0] = new FaultyObjectStore(store, 0.15, 20_261_127);
          return faulty[0];
        };
    log.write(log.images("image", 40));
    IndexGeneration generation = log.begin(1, log.release(0));
    log.start("local");
    log.awaitEnd(1);
    log.enter(generation, GenerationState.LIVE);
    log.alias(1);
    for (int round = 0; round < 8; round++) {
      log.write(log.images("image", 4 + round));
      log.write(IndexedLog.deletes("image", 20 + round, 22 + round));
      log.awaitEnd(1);
    }
    faulty[0].faulty(false);
    Manifest manifest = log.awaitEnd(1);
    try (PublishedIndex index = log.open(manifest, "check")) {
      log.assertEqualsTopic(index);
    }
    System.out.println("faults " + faulty[0].met());
    assertThat(log.generations.failures()).isEmpty();
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(log.generations.readiness().healthy()).isTrue());
  }

  /** ONNX Runtime fails on the whole batch that the image is in. */
  @Test
  void anImageThatTheEncoderFailsOnIsRejectedAndTheOthersOfItsBatchPass() throws Exception {
    List<ImageEvent> images = log.images("image", 40);
    images.add(17, log.white("white"));
    log.write(images);
    IndexGeneration generation =
        log.begin(
            1,
            log.release(
                0,
                TinyEncoder.failingOnWhite(IndexedLog.INPUT_SIZE, IndexedLog.DIMENSIONS, 1),
                IndexedLog.DIMENSIONS));
    log.start("local");
    assertIndexedBut("white", 40);
    DeadLetter letter = onlyLetter();
    assertThat(letter.rejection().reason()).isEqualTo(RejectionReason.NOT_EMBEDDABLE);
    assertThat(letter.rejection().message()).contains("fails on this image and on no other");
    log.enter(generation, GenerationState.LIVE);
    log.alias(1);
    log.write(log.images("later", 5));
    assertIndexedBut("white", 45);
    assertThat(log.generations.readiness().healthy()).isTrue();
  }

  /** An error that ends the thread stands in for one that ends the process. */
  @Test
  void anImageThatIsFatalThreeTimesIsRejected() throws Exception {
    List<ImageEvent> images = log.images("image", 40);
    ImageStored fatal = (ImageStored) images.get(23);
    log.write(images);
    log.decoding =
        (image, size) -> {
          if (image.digest().equals(fatal.image().digest())) {
            throw new InternalError("a fault in native code");
          }
          return EncoderPixels.of(image, size);
        };
    log.begin(1, log.release(0));
    for (int death = 1; death <= 3; death++) {
      log.start("local");
      await()
          .dontCatchUncaughtExceptions()
          .atMost(DEADLINE)
          .until(() -> !log.generations.check().healthy());
      log.stop();
    }
    log.start("local");
    assertIndexedBut(fatal.id().value(), 39);
    assertThat(onlyLetter().rejection().message()).contains("died three times");
    assertThat(log.generations.isFatal(fatal.image().digest())).isTrue();

    // Every other generation of this indexer knows.
    log.begin(2, log.release(1));
    log.awaitEnd(2);
    assertThat(log.generations.check().healthy()).isTrue();
  }

  @Test
  void aWriterThatWasStoppedPublishesNothingAfterItsSuccessorTookOver() throws Exception {
    log.write(log.images("image", 30));
    IndexGeneration generation = log.begin(1, log.release(0));
    try (ChildJvm stopped = IndexingProcess.start(log.clients, folder, "stopped")) {
      log.awaitEnd(1);
      log.enter(generation, GenerationState.LIVE);
      log.alias(1);
      // In the middle of its work, if the processor allows.
      log.write(log.images("image", 60));
      signal(stopped, "STOP");
      log.start("local");
      log.write(IndexedLog.deletes("image", 0, 20));
      Manifest taken = log.awaitEnd(1);
      assertThat(taken.term()).isEqualTo(2);
      signal(stopped, "CONT");
      log.write(log.images("later", 30));
      await()
          .atMost(DEADLINE)
          .until(
              () ->
                  ChildJvm.logTail(folder, IndexingProcess.NAME, 50)
                      .contains("generation 1 is STANDING_BY"));
      log.write(log.images("last", 10));
      Manifest last = log.awaitEnd(1);
      assertThat(last.term()).isEqualTo(2);
      for (long sequence = taken.sequence(); sequence <= last.sequence(); sequence++) {
        log.publications
            .read(1, 0, sequence)
            .ifPresent(manifest -> assertThat(manifest.writer()).isEqualTo(last.writer()));
      }
      try (PublishedIndex index = log.open(last, "check")) {
        log.assertEqualsTopic(index);
        assertThat(index.images()).isEqualTo(80);
      }
    }
  }

  /** Else the two would take the shard from each other, and the healthy one would stand by. */
  @Test
  void aWriterThatTriesAgainDoesNotTakeTheShardBackFromAHealthyOne() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("local"))) {
      Assumptions.assumeTrue(disk.isMounted(), "only root can mount a small file system");
      log.write(log.images("image", 30));
      IndexGeneration generation = log.begin(1, log.release(0));
      log.start("local");
      log.awaitEnd(1);
      log.enter(generation, GenerationState.LIVE);
      log.alias(1);
      assertThat(log.generations.standingBy().check().healthy()).isTrue();
      disk.fill();
      log.write(log.images("full", 60));
      await()
          .atMost(DEADLINE)
          .untilAsserted(
              () ->
                  assertThat(log.generations.readiness().detail())
                      .contains("No space left on device"));
      try (ChildJvm _ = IndexingProcess.start(log.clients, folder, "healthy")) {
        await()
            .atMost(DEADLINE)
            .untilAsserted(
                () ->
                    assertThat(log.generations.standingBy().check().detail())
                        .contains("generation 1 shard 0")
                        .contains("taken over by another writer"));
        disk.free();
        Manifest taken = log.awaitEnd(1);
        log.write(log.images("later", 10));
        Manifest last = log.awaitEnd(1);
        assertThat(last.term()).isEqualTo(taken.term());
        try (PublishedIndex index = log.open(last, "check")) {
          log.assertEqualsTopic(index);
        }
        assertThat(log.generations.check().healthy()).isTrue();
      }
      log.stop();
    }
  }

  @Test
  void aFullDiskOfTheIndexerIsWaitedOut() throws Exception {
    fillUp(folder.resolve("local"));
  }

  @Test
  void aFullDiskOfTheStoreIsWaitedOut() throws Exception {
    log.close();
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("objects"))) {
      log = new IndexedLog(KAFKA.clients(), folder, 20_261_128);
      fillUp(disk);
    }
  }

  private void fillUp(Path disk) throws Exception {
    try (SmallDisk mounted = SmallDisk.mount(disk)) {
      fillUp(mounted);
    }
  }

  private void fillUp(SmallDisk disk) throws Exception {
    Assumptions.assumeTrue(disk.isMounted(), "only root can mount a small file system");
    log.write(log.images("image", 30));
    IndexGeneration generation = log.begin(1, log.release(0));
    log.start("local");
    log.awaitEnd(1);
    log.enter(generation, GenerationState.LIVE);
    log.alias(1);
    disk.fill();
    log.write(log.images("full", 60));
    log.write(IndexedLog.deletes("image", 0, 10));
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(log.generations.readiness().detail())
                    .contains("generation 1")
                    .contains("No space left on device"));
    // It says so until it is over, and not only between two attempts.
    long term = log.publications.latest(1, 0).orElseThrow().term();
    for (int look = 0; look < 20; look++) {
      assertThat(log.generations.readiness().detail()).contains("No space left on device");
      java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    assertThat(log.generations.check().healthy()).isTrue();
    assertThat(log.generations.failures()).isEmpty();
    disk.free();
    Manifest manifest = log.awaitEnd(1);
    assertThat(manifest.term()).describedAs("attempts, each a term").isLessThan(term + 8);
    try (PublishedIndex index = log.open(manifest, "check")) {
      log.assertEqualsTopic(index);
      assertThat(index.images()).isEqualTo(80);
    }
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(log.generations.readiness().healthy()).isTrue());
    log.stop();
  }

  /** A folder where something is mounted can be emptied, but not be deleted. */
  @Test
  void aDamagedLocalIndexThatCannotBeDeletedIsWaitedOut() throws Exception {
    Path index = folder.resolve("local/generation-1");
    try (SmallDisk disk = SmallDisk.mount(index)) {
      Assumptions.assumeTrue(disk.isMounted(), "only root can mount a small file system");
      log.write(log.images("image", 30));
      IndexGeneration generation = log.begin(1, log.release(0));
      log.start("local");
      log.awaitEnd(1);
      log.enter(generation, GenerationState.LIVE);
      log.alias(1);
      log.stop();
      damage(index);
      log.start("local");
      await()
          .atMost(DEADLINE)
          .untilAsserted(
              () -> assertThat(log.generations.readiness().detail()).contains("cannot be deleted"));
      assertThat(log.generations.check().healthy()).isTrue();
    }
    log.write(log.images("later", 10));
    Manifest manifest = log.awaitEnd(1);
    try (PublishedIndex opened = log.open(manifest, "check")) {
      log.assertEqualsTopic(opened);
    }
    assertThat(log.generations.failures()).isEmpty();
  }

  /** Files that are not read before a writer opens the commit. */
  private static void damage(Path index) throws IOException {
    try (Stream<Path> files = Files.list(index)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".cfe")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
  }

  /** As a bucket whose service takes the request and says no more. */
  @Test
  @Tag("soak")
  void aStoreThatNeverAnswersIsSaidToBeWaitedFor() throws Exception {
    log.write(log.images("image", 10));
    IndexGeneration generation = log.begin(1, log.release(0));
    log.start("local");
    log.awaitEnd(1);
    log.enter(generation, GenerationState.LIVE);
    log.alias(1);
    CountDownLatch answers = new CountDownLatch(1);
    log.storeOfIndexer =
        (step, _) -> {
          if (step == StoreStep.CREATE_ENTRY) {
            awaitUninterruptibly(answers);
          }
        };
    log.write(log.images("more", 10));
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () -> assertThat(log.generations.readiness().detail()).contains("it has waited for"));
    answers.countDown();
    Manifest manifest = log.awaitEnd(1);
    try (PublishedIndex index = log.open(manifest, "check")) {
      log.assertEqualsTopic(index);
    }
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(log.generations.readiness().healthy()).isTrue());
  }

  /** A candidate that holds reads nothing, so that its deletes grow old. */
  @Test
  void anIndexThatIsNotReadToTheEndWarnsBeforeItFails() throws Exception {
    log.write(log.images("image", 10));
    log.begin(1, log.release(0));
    log.start("local");
    log.awaitEnd(1);
    await()
        .atMost(DEADLINE)
        .until(
            () -> log.generations.statuses().getFirst().phase() == GenerationStatus.Phase.HOLDING);
    log.write(log.images("more", 40));
    assertThat(log.generations.readiness().healthy()).isTrue();
    log.clockAhead.set(Duration.ofDays(3).plusHours(13));
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(log.generations.readiness().detail())
                    .contains("was last read to its end")
                    .contains("tombstones are kept for PT168H")
                    .contains("built anew"));
    assertThat(log.generations.failures()).isEmpty();
    log.clockAhead.set(Duration.ofDays(7).plusHours(1));
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(log.generations.failures().values())
                    .extracting(IndexingFailure::cause)
                    .containsExactly(FailureCause.DELETES_MAY_BE_MISSING));
  }

  private void assertIndexedBut(String leftOut, int images) {
    Manifest manifest = log.awaitEnd(1);
    try (PublishedIndex index = log.open(manifest, "check")) {
      List<ImageId> found = new ArrayList<>();
      index.forEach((id, _, _, _) -> found.add(id));
      List<ImageId> expected = new ArrayList<>(log.readTopic(manifest.positions()).keySet());
      assertThat(expected.remove(new ImageId(leftOut))).isTrue();
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected).hasSize(images);
    }
  }

  private DeadLetter onlyLetter() {
    await().atMost(DEADLINE).untilAsserted(() -> assertThat(log.deadLetters()).hasSize(1));
    return log.deadLetters().getFirst();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void signal(ChildJvm child, String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(child.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
