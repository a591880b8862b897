package infomax.indexer.generation;

import static infomax.indexer.generation.IndexedLog.DEADLINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexingPause;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.Metadata;
import infomax.events.image.RejectionReason;
import infomax.index.IndexFile;
import infomax.index.IndexedImage;
import infomax.index.Manifest;
import infomax.index.PublishedIndex;
import infomax.indexer.generation.GenerationStatus.Phase;
import infomax.indexer.rollout.decision.IndexingFailure;
import infomax.store.ObjectStoreException;
import infomax.store.StoreObserver;
import infomax.store.StoreStep;
import infomax.testing.TestingKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.lucene.index.IndexFileNames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Indexing against a real broker; every test ends in an independent read of the topic. */
final class FollowedGenerationsIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;
  private IndexedLog log;

  @BeforeEach
  void open() {
    log = new IndexedLog(KAFKA.clients(), folder, 20_260_102);
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void followsImagesUpdatesAndDeletesThroughRestarts() throws Exception {
    log.write(log.images("image", 150));
    live(1);
    log.write(log.images("image", 40));
    log.writeAndAbort(log.images("never", 20));
    log.write(IndexedLog.deletes("image", 20, 60));
    log.write(log.images("image", 10));
    assertIndexed(1, 110);

    // From the local commit: what was embedded is not embedded again.
    log.stop();
    log.write(log.images("later", 30));
    log.start("local");
    assertIndexed(1, 140);
    assertThat(status(1).embedded()).isEqualTo(30);

    // From the last publication, without the local folder.
    log.stop();
    log.write(IndexedLog.deletes("later", 0, 5));
    log.start("another");
    assertIndexed(1, 135);
    assertThat(status(1).embedded()).isZero();
    Manifest manifest = log.awaitEnd(1);
    assertThat(manifest.term()).isEqualTo(3);
    assertThat(manifest.completeAsOf()).hasSize(Topic.IMAGES.partitions());
    try (PublishedIndex index = log.open(manifest, "check")) {
      assertThat(index.checkIntegrity().detail()).isEmpty();
    }
  }

  /** What is written meanwhile is not lost and not applied, whoever restarts. */
  @Test
  void appliesNothingWhileItIsPausedAndGoesOnWhereItWas() throws Exception {
    log.write(log.images("image", 30));
    live(1);
    assertIndexed(1, 30);
    log.decide(new IndexingPause(true, log.now(), "ann", "a test"));
    awaitPaused(0);
    Manifest before = log.publications.latest(1, 0).orElseThrow();
    log.write(log.images("later", 20));
    awaitPaused(20);
    log.stop();
    log.start("local");
    awaitPaused(20);
    assertThat(log.publications.latest(1, 0).orElseThrow().positions())
        .isEqualTo(before.positions());
    assertThat(status(1).embedded()).isZero();
    assertThat(log.meters.get("infomax.indexer.lag").gauge().value()).isGreaterThanOrEqualTo(20);
    assertThat(log.generations.readiness().healthy()).isTrue();

    log.decide(new IndexingPause(false, log.now(), "ann", "a test"));
    assertIndexed(1, 50);
    assertThat(status(1).embedded()).isEqualTo(20);
  }

  /** In a bucket with many publications it takes minutes. */
  @Test
  void noOrderWaitsForASweep() throws Exception {
    CountDownLatch sweeping = new CountDownLatch(1);
    CountDownLatch answers = new CountDownLatch(1);
    log.storeOfIndexer =
        (step, name) -> {
          if (step == StoreStep.LIST_ENTRIES && name.equals("claims")) {
            sweeping.countDown();
            awaitQuietly(answers);
          }
        };
    log.write(log.images("image", 20));
    live(1);
    assertThat(sweeping.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    log.decide(new IndexingPause(true, log.now(), "ann", "a test"));
    awaitPaused(0);
    answers.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitPaused(long lagMin) {
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () -> {
              assertThat(status(1).phase()).isEqualTo(Phase.PAUSED);
              assertThat(status(1).lag()).isGreaterThanOrEqualTo(lagMin);
            });
  }

  @Test
  void anEqualDigestSkipsInferenceOnly() throws Exception {
    ImageStored first = log.image("same");
    log.write(List.of(first));
    live(1);
    assertIndexed(1, 1);
    assertThat(status(1).embedded()).isEqualTo(1);
    ImageStored again =
        new ImageStored(first.id(), first.image(), Metadata.of(Map.of("label", "new")), Map.of());
    log.write(List.of(again));
    Manifest manifest = log.awaitEnd(1);
    try (PublishedIndex index = log.open(manifest, "check")) {
      log.assertEqualsTopic(index);
      IndexedImage image = index.image(first.id()).orElseThrow();
      assertThat(image.metadata()).isEqualTo(again.metadata());
    }
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(status(1).positions()).isEqualTo(manifest.positions()));
    assertThat(status(1).embedded()).isEqualTo(1);
  }

  /** What the live generation has seen replaced is not embedded again by the next one. */
  @Test
  void aCandidateEmbedsTheNewestVersionsOnly() throws Exception {
    log.write(log.images("image", 60));
    log.write(log.images("image", 40));
    log.write(IndexedLog.deletes("image", 0, 5));
    live(1);
    assertIndexed(1, 55);
    log.begin(2, log.release(2));
    assertIndexed(2, 55);
    // Nothing is known of the deleted ones, so both versions of those are embedded.
    assertThat(status(2).embedded()).isEqualTo(60 - 5 + 2 * 5);
  }

  @Test
  void aPoisonRecordRemovesItsIdIsDeadLetteredOnceAndStopsNothing() throws Exception {
    log.write(log.images("image", 20));
    live(1);
    log.writeRaw(poison("image-3", "image/png", "no image"));
    log.writeRaw(poison("image-4", "text/plain", "text"));
    log.writeRaw(poison("\u0000".repeat(600), "image/png", "key too long"));
    log.write(log.images("later", 5));
    assertIndexed(1, 23);
    assertThat(log.deadLetters())
        .hasSize(3)
        .allSatisfy(letter -> assertThat(letter.stage()).isEqualTo("indexer"));
    assertThat(log.deadLetters())
        .extracting(letter -> letter.rejection().reason())
        .contains(RejectionReason.INVALID_RECORD);
    DeadLetter undecodable =
        log.deadLetters().stream()
            .filter(letter -> new ImageId("image-3").equals(id(letter)))
            .findFirst()
            .orElseThrow();
    assertThat(undecodable.value()).isEqualTo("no image".getBytes(StandardCharsets.UTF_8));
    assertThat(undecodable.origin().topic()).isEqualTo(Topic.IMAGES.name());

    // A second generation meets the same records and adds no letter, until it leads.
    IndexGeneration second = log.begin(2, log.release(1));
    log.awaitEnd(2);
    log.enter(second, GenerationState.VERIFIED);
    log.writeRaw(poison("image-5", "image/png", "while the first one leads"));
    log.awaitEnd(1);
    log.awaitEnd(2);
    assertThat(log.deadLetters()).hasSize(4);
    log.alias(2);
    log.writeRaw(poison("image-6", "image/png", "while the second one leads"));
    log.awaitEnd(1);
    log.awaitEnd(2);
    // While the lead changes a letter may come twice, but each comes.
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(log.deadLetters().stream().map(DeadLetter::origin).distinct())
                    .hasSize(5));
  }

  /** Each turn of the loop makes a segment here; a replica must not meet that many. */
  @Test
  void aCandidateIsMergedBeforeItIsPublishedAsBuilt() throws Exception {
    log.commitInterval = Duration.ofMillis(1);
    log.write(log.images("image", 2_200));
    live(1);
    log.awaitEnd(1);
    log.begin(2, log.release(1));
    Manifest built = log.awaitEnd(2);
    assertThat(built.files().stream().filter(file -> file.name().endsWith(".si")))
        .hasSizeBetween(1, BulkBuild.SEGMENTS);
    assertIndexed(2, 2_200);
  }

  @Test
  void aCandidateHoldsReachesItsTargetExactlyAndFollowsOnlyWhenVerified() throws Exception {
    log.write(log.images("image", 100));
    live(1);
    log.awaitEnd(1);
    IndexGeneration candidate = log.begin(2, log.release(1));
    Manifest held = log.awaitEnd(2);
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(status(2).phase()).isEqualTo(Phase.HOLDING));

    // While it holds, the live one goes on.
    log.write(log.images("more", 30));
    log.write(IndexedLog.deletes("image", 0, 10));
    Manifest target = log.awaitEnd(1);
    log.write(log.images("beyond", 30));
    Manifest ahead = log.awaitEnd(1);
    assertThat(log.publications.latest(2, 0).orElseThrow().positions()).isEqualTo(held.positions());

    candidate = log.enter(candidate, GenerationState.CAUGHT_UP);
    candidate = log.decide(candidate.withTarget(target.positions()));
    Manifest reached =
        log.await(2, manifest -> manifest.positions().sameOffsets(target.positions()));
    try (PublishedIndex live = log.open(target, "live");
        PublishedIndex at = log.open(reached, "candidate")) {
      assertThat(at.contents()).isEqualTo(live.contents());
      log.assertEqualsTopic(at);
    }
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(status(2).phase()).isEqualTo(Phase.HOLDING));
    assertThat(log.publications.latest(2, 0).orElseThrow().positions())
        .isEqualTo(reached.positions());

    candidate = log.enter(candidate, GenerationState.VERIFIED);
    Manifest followed = log.await(2, manifest -> manifest.positions().reaches(ahead.positions()));
    try (PublishedIndex index = log.open(followed, "followed")) {
      log.assertEqualsTopic(index);
      assertThat(index.published().encoder()).isEqualTo(candidate.encoder());
    }
  }

  @Test
  void aTargetInTheMiddleOfThePolledRecordsIsNotPassed() throws Exception {
    IndexGeneration candidate = log.begin(1, log.release(0));
    log.start("local");
    log.awaitEnd(1);
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(status(1).phase()).isEqualTo(Phase.HOLDING));
    log.write(log.images("image", 120));
    Map<Integer, Long> middle = new java.util.HashMap<>();
    log.ends().byPartition().forEach((number, end) -> middle.put(number, end.offset() / 2));
    Positions target = Positions.ofOffsets(middle);
    candidate = log.enter(candidate, GenerationState.CAUGHT_UP);
    log.decide(candidate.withTarget(target));
    Manifest reached = log.await(1, manifest -> manifest.positions().sameOffsets(target));
    try (PublishedIndex index = log.open(reached, "middle")) {
      log.assertEqualsTopic(index);
      assertThat(index.images()).isBetween(1, 119);
    }
    log.enter(candidate.withTarget(target), GenerationState.VERIFIED);
    assertIndexed(1, 120);
  }

  @Test
  void anotherTopicFailsTheGeneration() throws Exception {
    log.write(log.images("image", 10));
    live(1);
    log.awaitEnd(1);
    KAFKA.recreateTopics();
    awaitFailure(FailureCause.LOG_REPLACED);
    assertThat(status(1).phase()).isEqualTo(Phase.FAILED);
  }

  @Test
  void anIndexThatMissedTheTombstonesFails() throws Exception {
    log.write(log.images("image", 10));
    live(1);
    log.awaitEnd(1);
    log.stop();
    log.clockAhead.set(Duration.ofDays(6));
    log.start("local");
    log.write(log.images("image", 30));
    assertIndexed(1, 30);
    log.stop();
    log.write(log.images("image", 60));
    log.clockAhead.set(Duration.ofDays(14));
    log.start("local");
    awaitFailure(FailureCause.DELETES_MAY_BE_MISSING);
  }

  @Test
  void aGenerationPastBuildingIsNeverBegunFromNothing() throws Exception {
    IndexGeneration generation = log.begin(1, log.release(0));
    log.enter(generation, GenerationState.VERIFIED);
    log.start("local");
    awaitFailure(FailureCause.STATE_LOST);
    assertThat(log.publications.latest(1, 0)).isEmpty();
  }

  @Test
  void anEncoderThatIsDamagedFailsTheGeneration() throws Exception {
    infomax.events.control.EncoderRelease release = log.release(0);
    Files.writeString(folder.resolve("objects/objects").resolve(release.onnx().hex()), "damaged");
    log.begin(1, release);
    log.start("local");
    awaitFailure(FailureCause.ENCODER_UNUSABLE);
  }

  @Test
  void aStoreThatDoesNotAnswerIsWaitedOut() throws Exception {
    log.write(log.images("image", 20));
    AtomicInteger attempts = new AtomicInteger();
    log.storeOfIndexer =
        (step, name) -> {
          if (step == StoreStep.READ_OBJECT) {
            attempts.incrementAndGet();
            throw new ObjectStoreException("the store does not answer");
          }
        };
    IndexGeneration generation = log.begin(1, log.release(0));
    log.start("local");
    await().atMost(DEADLINE).untilAsserted(() -> assertThat(attempts.get()).isGreaterThan(3));
    assertThat(log.generations.failures()).isEmpty();
    assertThat(status(1).phase()).isEqualTo(Phase.RETRYING);
    assertThat(log.generations.readiness().detail())
        .contains("generation 1")
        .contains("the store does not answer");
    assertThat(log.generations.check().healthy()).isTrue();

    // The wait before the next attempt does not hold up a stop.
    long begunNanos = System.nanoTime();
    log.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isLessThan(Duration.ofSeconds(4));

    log.storeOfIndexer = StoreObserver.NONE;
    log.start("local");
    assertIndexed(1, 20);
    log.enter(generation, GenerationState.LIVE);
    log.alias(1);
    assertThat(log.generations.readiness().healthy()).isTrue();

    log.storeOfIndexer =
        (step, name) -> {
          throw new ObjectStoreException("the store is gone");
        };
    log.write(log.images("later", 20));
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () -> assertThat(log.generations.readiness().detail()).contains("the store is gone"));
    log.storeOfIndexer = StoreObserver.NONE;
    assertIndexed(1, 40);
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(log.generations.readiness().healthy()).isTrue());
    assertThat(log.generations.failures()).isEmpty();
  }

  /** Local index and store are the same files here, so that nobody has what was damaged. */
  @Test
  void aPublishedFileThatIsDamagedFailsTheGenerationSoThatItIsBuiltAnew() throws Exception {
    log.write(log.images("image", 30));
    log.checkInterval = Duration.ofMillis(200);
    live(1);
    Manifest manifest = log.awaitEnd(1);
    // One that the next publication has too, which may be on its way: every one has its own list.
    IndexFile damaged =
        manifest.files().stream()
            .filter(file -> !file.name().startsWith(IndexFileNames.SEGMENTS))
            .findFirst()
            .orElseThrow();
    Path object = folder.resolve("objects/objects").resolve(damaged.digest().hex());
    byte[] bytes = Files.readAllBytes(object);
    bytes[bytes.length / 2] ^= 1;
    Files.write(object, bytes);
    awaitFailure(FailureCause.INDEX_CORRUPT);
    assertThat(log.generations.failures().get(1).detail())
        .contains(damaged.name())
        .contains(damaged.digest().hex());
    log.begin(2, log.release(1));
    assertIndexed(2, 30);
  }

  @Test
  void anEndedGenerationLeavesNothingBehind() throws Exception {
    log.write(log.images("image", 10));
    IndexGeneration generation = live(1);
    log.awaitEnd(1);
    log.enter(generation, GenerationState.RETIRED);
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () -> {
              assertThat(log.publications.latest(1, 0)).isEmpty();
              assertThat(folder.resolve("local/generation-1")).doesNotExist();
              assertThat(log.generations.statuses()).isEmpty();
            });
  }

  @Test
  void oneThatCannotBeRemovedHoldsUpNothingElse() throws Exception {
    log.write(log.images("image", 10));
    IndexGeneration first = live(1);
    log.awaitEnd(1);
    IndexGeneration second = log.begin(2, log.release(1));
    log.awaitEnd(2);
    AtomicInteger attempts = new AtomicInteger();
    log.storeOfIndexer =
        (step, name) -> {
          if (step == StoreStep.DELETE_ENTRY && name.startsWith("publications/1/")) {
            attempts.incrementAndGet();
            throw new ObjectStoreException("the store does not delete");
          }
        };
    log.enter(first, GenerationState.RETIRED);
    log.enter(second, GenerationState.FAILED);
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () -> {
              assertThat(log.publications.latest(2, 0)).isEmpty();
              assertThat(folder.resolve("local/generation-2")).doesNotExist();
              assertThat(attempts.get()).isGreaterThan(1);
            });
    assertThat(log.publications.latest(1, 0)).isPresent();
    log.storeOfIndexer = StoreObserver.NONE;
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(log.publications.latest(1, 0)).isEmpty());
  }

  @Test
  void waitsOutABrokerThatIsGone() throws Exception {
    log.write(log.images("image", 20));
    live(1);
    log.awaitEnd(1);
    KAFKA.broker().kill();
    KAFKA.broker().restart();
    await()
        .atMost(DEADLINE)
        .ignoreExceptions()
        .untilAsserted(() -> log.write(log.images("later", 20)));
    assertIndexed(1, 40);
    assertThat(log.generations.failures()).isEmpty();
    assertThat(log.generations.check().healthy()).isTrue();
  }

  /** Begins a generation, starts the indexer, and makes the generation live once it is built. */
  private IndexGeneration live(int number) throws Exception {
    IndexGeneration generation = log.begin(number, log.release(number - 1));
    log.start("local");
    log.awaitEnd(number);
    IndexGeneration live = log.enter(generation, GenerationState.LIVE);
    log.alias(number);
    return live;
  }

  private void assertIndexed(int generation, int images) {
    Manifest manifest = log.awaitEnd(generation);
    try (PublishedIndex index = log.open(manifest, "check")) {
      log.assertEqualsTopic(index);
      assertThat(index.images()).isEqualTo(images);
    }
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () -> assertThat(status(generation).positions()).isEqualTo(manifest.positions()));
  }

  private void awaitFailure(FailureCause cause) {
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(log.generations.failures().values())
                    .extracting(IndexingFailure::generation, IndexingFailure::cause)
                    .containsExactly(tuple(1, cause)));
  }

  private GenerationStatus status(int generation) {
    return new ArrayList<>(log.generations.statuses())
        .stream().filter(status -> status.generation() == generation).findFirst().orElseThrow();
  }

  private static ImageId id(DeadLetter letter) {
    try {
      return ImageId.of(letter.key());
    } catch (IllegalArgumentException e) {
      return new ImageId("unreadable");
    }
  }

  private static ProducerRecord<byte[], byte[]> poison(String key, String type, String value) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    int partition =
        bytes.length <= ImageId.BYTES_MAX
            ? new ImageId(key).partition(Topic.IMAGES.partitions())
            : 0;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topic.IMAGES.name(), partition, bytes, value.getBytes(StandardCharsets.UTF_8));
    record.headers().add(ImageEventCodec.CONTENT_TYPE, type.getBytes(StandardCharsets.UTF_8));
    return record;
  }
}
