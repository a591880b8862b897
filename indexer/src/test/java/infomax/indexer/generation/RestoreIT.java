package infomax.indexer.generation;

import static infomax.indexer.generation.IndexedLog.DEADLINE;
import static infomax.indexer.generation.IndexedLog.DIMENSIONS;
import static infomax.indexer.generation.IndexedLog.INPUT_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.signal.Signal.LoadedGeneration;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.imaging.EncoderPixels;
import infomax.index.IndexFiles;
import infomax.index.Publications;
import infomax.index.PublishedIndex;
import infomax.index.PublishedShards;
import infomax.indexer.IndexerConfig;
import infomax.indexer.IndexerService;
import infomax.indexer.backup.BackupPlace;
import infomax.indexer.backup.BackupRefusedException;
import infomax.indexer.backup.Restoration;
import infomax.runtime.config.Settings;
import infomax.runtime.control.ControlLog;
import infomax.runtime.health.Health;
import infomax.runtime.signal.SignalSender;
import infomax.store.ObjectStore;
import infomax.store.StoreLocation;
import infomax.testing.TestingKafka;
import infomax.testing.TinyEncoder;
import infomax.testing.store.S3Server;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two indexers, each with a shard of its own, lose their store and their indexes, and go on from a
 * backup in a bucket.
 */
final class RestoreIT {

  private static final long SEED = 20_261_127;

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  @Test
  void whatWasLostComesBackAndOnlyNewerImagesAreEmbedded() throws Exception {
    try (S3Server s3 = S3Server.start(folder.resolve("s3"));
        IndexedLog log = new IndexedLog(KAFKA.clients(), folder, SEED);
        ControlLog control = ControlLog.open(log.clients, "test-restore", DEADLINE);
        SignalSender signals = new SignalSender(log.clients, "test-restore")) {
      Settings bucket = Settings.of(s3.settings("backups"));
      BackupPlace place = new BackupPlace(StoreLocation.from(bucket).open());
      log.write(log.images("image", 60));
      MeterRegistry before = new SimpleMeterRegistry();
      String name;
      try (IndexerService _ = start(log, before, 0);
          IndexerService _ = start(log, before, 1)) {
        log.decide(release(log.store));
        await(control, signals, log, state -> state.live().isPresent());
        log.awaitEndOfShards(1);
        name = place.write(control.state(), log.publications, InstantSource.system()).name();
        assertThat(embedded(before, 1)).isEqualTo(60);

        log.write(log.images("image", 10));
        log.write(IndexedLog.deletes("image", 20, 30));
        log.write(log.images("later", 15));
        log.awaitEndOfShards(1);
      }

      IndexFiles.deleteFolder(folder.resolve("objects"));
      IndexFiles.deleteFolder(folder.resolve("local-0"));
      IndexFiles.deleteFolder(folder.resolve("local-1"));
      log.write(log.images("last", 5));
      MeterRegistry after = new SimpleMeterRegistry();
      try (IndexerService _ = start(log, after, 0);
          IndexerService _ = start(log, after, 1)) {
        ControlRequest request =
            new Restoration(log.clients, log.publications, InstantSource.system())
                .prepare(place, name, control.state(), "tester", "the store is lost");
        log.decide(request);
        await(control, signals, log, state -> isFinal(state, request));
        ControlRequest done = control.state().requests().get(request.id());
        assertThat(done.status()).as(done.outcome()).isEqualTo(Status.DONE);
        int number = control.state().generations().lastKey();
        await(
            control,
            signals,
            log,
            state -> state.live().filter(live -> live.number() == number).isPresent());
        IndexGeneration restored = control.state().generations().get(number);
        assertThat(restored.restoredFrom()).isNotNull();
        assertThat(restored.index().shards()).isEqualTo(2);
        assertThat(restored.history())
            .extracting(IndexGeneration.Transition::state)
            .containsExactly(
                GenerationState.BUILDING,
                GenerationState.CAUGHT_UP,
                GenerationState.VERIFIED,
                GenerationState.LIVE);
        assertThat(restored.history().getFirst().reason())
            .contains("tester: the store is lost")
            .contains("generation 1, publication");

        PublishedShards newest = log.awaitEndOfShards(number);
        try (PublishedIndex index = log.open(newest, "check")) {
          log.assertEqualsTopic(index);
          assertThat(index.images()).isEqualTo(60 - 10 + 15 + 5);
        }
        assertThat(embedded(after, number)).isEqualTo(10 + 15 + 5);
      }
      refusesWhatIsOfAnotherLog(log, place, name);
    }
  }

  private static void refusesWhatIsOfAnotherLog(IndexedLog log, BackupPlace place, String name)
      throws Exception {
    KAFKA.recreateTopics();
    assertThatThrownBy(
            () ->
                new Restoration(log.clients, log.publications, InstantSource.system())
                    .prepare(place, name, ControlState.EMPTY, "tester", "a test"))
        .isInstanceOf(BackupRefusedException.class)
        .hasMessageContaining("beside its own log");
  }

  private IndexerService start(IndexedLog log, MeterRegistry meters, int ordinal) throws Exception {
    Settings settings =
        Settings.of(
            Map.of(
                "indexer.path", folder.resolve("local-" + ordinal).toString(),
                "indexer.shards", "2",
                "indexer.shard-ordinal", Integer.toString(ordinal),
                "indexer.shard-processes", "2",
                "indexer.commit-interval", "200ms",
                "indexer.build-commit-interval", "200ms",
                "indexer.rollout.heartbeat", "300ms",
                "encoder.device", "cpu"));
    return IndexerService.start(
        IndexerConfig.from(settings),
        log.clients,
        ObjectStore.open(folder.resolve("objects")),
        meters,
        new Health());
  }

  /** Waits, while a search replica reports that it has loaded what is published. */
  private static void await(
      ControlLog control, SignalSender signals, IndexedLog log, Predicate<ControlState> condition) {
    Awaitility.await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              signals.send(
                  new ReplicaReported(
                      Instant.now(), "replica-a", loaded(control.state(), log.publications)));
              return condition.test(control.state());
            });
  }

  private static List<LoadedGeneration> loaded(ControlState state, Publications publications) {
    List<LoadedGeneration> loaded = new ArrayList<>();
    int live = state.live().map(IndexGeneration::number).orElse(-1);
    for (IndexGeneration generation : state.generations().values()) {
      if (generation.state().isLoaded()) {
        publications
            .latest(generation.number())
            .ifPresent(
                published ->
                    loaded.add(
                        new LoadedGeneration(
                            generation.number(),
                            generation.number() == live,
                            published.sequence(),
                            published.positions())));
      }
    }
    return loaded;
  }

  private static boolean isFinal(ControlState state, ControlRequest request) {
    ControlRequest found = state.requests().get(request.id());
    return found != null && found.status().isFinal();
  }

  private static double embedded(MeterRegistry meters, int generation) {
    return meters
        .get("infomax.indexer.embedded")
        .tag("generation", Integer.toString(generation))
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private static EncoderRelease release(ObjectStore store) {
    byte[] onnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, 7);
    return new EncoderRelease(
        0,
        store.put(onnx),
        onnx.length,
        INPUT_SIZE,
        DIMENSIONS,
        EncoderPixels.PIPELINE_VERSION,
        Verdict.UNTRAINED,
        List.of(),
        "tiny",
        7,
        Map.of(),
        null,
        null,
        null,
        List.of(),
        Map.of(EncoderRelease.GOLDEN, store.put(golden(onnx))),
        Instant.now());
  }

  private static byte[] golden(byte[] onnx) {
    Random random = new Random(SEED);
    List<String> pixels = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    try (Encoder encoder = Encoder.open(onnx, Digest.of(onnx), INPUT_SIZE, DIMENSIONS, 1)) {
      for (int ordinal = 0; ordinal < 4; ordinal++) {
        byte[] planes = new byte[3 * INPUT_SIZE * INPUT_SIZE];
        random.nextBytes(planes);
        Embedding embedding = encoder.embed(EncoderPixels.ofBytes(INPUT_SIZE, planes));
        pixels.add(Base64.getEncoder().encodeToString(planes));
        vectors.add(embedding.components());
      }
    }
    return Json.write(Map.of("inputSize", INPUT_SIZE, "pixels", pixels, "vectors", vectors));
  }
}
