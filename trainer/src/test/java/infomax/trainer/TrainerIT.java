package infomax.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.encoder.Encoder;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.EvaluationRow;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.events.signal.Signal;
import infomax.events.signal.Signal.TrainingProgressed;
import infomax.imaging.EncoderPixels;
import infomax.runtime.control.ControlLog;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.health.Health;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.process.ChildJvm;
import infomax.runtime.signal.SignalFeed;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreObserver;
import infomax.store.StoreStep;
import infomax.testing.TestingKafka;
import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.network.CheckpointFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.release.GoldenImages;
import infomax.trainer.release.LossHistory;
import infomax.trainer.release.ReleasePublisher;
import infomax.trainer.trigger.Triggers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The trainer on a real broker: release 0 at once, one release per request whatever happens. */
class TrainerIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int IMAGES = 600;

  /** Where it does not matter what is learnt. */
  private static final int FEW_IMAGES = 160;

  /** Exit value of a JVM that ended in order when told to. */
  private static final int SIGTERM = 143;

  @TempDir Path folder;

  /** What a step of the store meets. */
  private volatile StoreObserver met = StoreObserver.NONE;

  private KafkaClients clients;
  private ObjectStore store;
  private ControlLog control;
  private ControlWriter writer;

  @BeforeEach
  void open() throws Exception {
    clients = KAFKA.clients();
    store = ObjectStore.open(folder.resolve("objects"), (step, name) -> met.before(step, name));
    control = ControlLog.open(clients, "test", PATIENCE);
    writer = new ControlWriter(clients, "test");
  }

  @AfterEach
  void close() {
    writer.close();
    control.close();
  }

  @Test
  void aNewSystemHasTheUntrainedEncoderWithinSecondsAndOnlyOnce() throws Exception {
    long startNanos = System.nanoTime();
    start(0).close();
    Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
    EncoderRelease release = await(state -> state.encoders().containsKey(0)).encoders().get(0);

    assertThat(took).isLessThan(Duration.ofSeconds(10));
    assertThat(release.verdict()).isEqualTo(Verdict.UNTRAINED);
    assertGoldenImagesHold(release);

    start(0).close();
    control.awaitEnd(clients, "test", PATIENCE);
    assertThat(control.state().encoders()).containsOnlyKeys(0);
    assertThat(control.state().encoders().get(0)).isEqualTo(release);
  }

  @Test
  void aRequestEndsInAReleaseWithVerdictAndArtifacts() throws Exception {
    produce(IMAGES);
    List<Signal> signals = new CopyOnWriteArrayList<>();
    try (SignalFeed feed = SignalFeed.start(clients, "test");
        TrainerService service = start(0)) {
      feed.follow(signals::add);
      assertThat(service).isNotNull();
      // Forced, so that it is on its way to going live when the next one is measured.
      writer.append(
          request("first", quick("imagesSeen", "1280", "seed", "3", ControlRequest.FORCE, "true")));

      ControlRequest done = awaitEnd("first");

      assertThat(done.status()).as(done.outcome()).isEqualTo(Status.DONE);
      EncoderRelease release = control.state().encoders().get(1);
      assertThat(done.outcome()).startsWith("encoder 1 was ");
      assertThat(release.verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(release.reasons()).isNotEmpty();
      assertThat(release.snapshot().images()).isEqualTo(IMAGES - 1);
      assertThat(release.snapshot().heldOut()).isEqualTo((IMAGES - 1) / 5);
      assertThat(release.training().steps()).isEqualTo(20);
      assertThat(release.evaluation())
          .extracting(EvaluationRow::name)
          .containsExactly("pixels", "histogram", "random-weights", "candidate");
      assertThat(figure(release, "candidate", "informationLocalNats")).isPositive();
      assertThat(figure(release, "pixels", "ownViewHitAt1")).isBetween(0.0, 1.0);
      assertGoldenImagesHold(release);
      assertSheetsAndCurves(release);
      assertThat(signals)
          .anyMatch(
              signal ->
                  signal instanceof TrainingProgressed progressed
                      && progressed.request().equals("first")
                      && progressed.steps() == 20);
      assertThat(foldersLeft()).isEmpty();

      // Trained on from there; the release says so.
      writer.append(request("second", quick("imagesSeen", "640", "warmStart", "1")));
      assertThat(awaitEnd("second").status()).isEqualTo(Status.DONE);
      assertThat(control.state().encoders().get(2).warmStartedFrom()).isEqualTo(1);
      assertThat(control.state().encoders().get(2).training().lossFirst())
          .isLessThan(release.training().lossFirst());
      assertThat(control.state().encoders().get(2).evaluation())
          .extracting(EvaluationRow::name)
          .containsExactly("pixels", "histogram", "random-weights", "encoder 1", "candidate");
    }
  }

  @Test
  void anInterruptedRequestGoesOnAndIsPublishedOnce() throws Exception {
    produce(IMAGES);
    Path run = folder.resolve("trainer").resolve("long");
    try (TrainerService service = start(0)) {
      assertThat(service).isNotNull();
      writer.append(request("long", quick("imagesSeen", "1920")));
      Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(run.resolve("checkpoint")));
    }
    control.awaitEnd(clients, "test", PATIENCE);
    assertThat(control.state().requests().get("long").status()).isEqualTo(Status.RUNNING);
    assertThat(control.state().encoders()).containsOnlyKeys(0);
    Digest snapshot = Digest.of(Files.readAllBytes(run.resolve("snapshot").resolve("pixels")));
    // What comes later is not part of the interrupted training.
    produce(IMAGES + 50);

    try (TrainerService service = start(0)) {
      assertThat(service).isNotNull();
      assertThat(awaitEnd("long").status()).isEqualTo(Status.DONE);
    }
    control.awaitEnd(clients, "test", PATIENCE);
    assertThat(control.state().encoders()).containsOnlyKeys(0, 1);
    EncoderRelease release = control.state().encoders().get(1);
    assertThat(release.snapshot().digest()).isEqualTo(snapshot);
    assertThat(release.training().steps()).isEqualTo(30);
    LossHistory losses =
        Json.read(store.read(release.artifacts().get(ReleasePublisher.LOSSES)), LossHistory.class);
    assertThat(losses.points().stream().mapToInt(LossHistory.Point::steps).sum()).isEqualTo(30);
  }

  /** Libtorch's own destructors run when a process ends, and crash it under a running step. */
  @Test
  void aProcessToldToStopDuringAStepOfLibtorchKeepsACheckpointAndEndsInOrder() throws Exception {
    produce(2_000);
    Path settings = folder.resolve("trainer.properties");
    Files.writeString(
        settings,
        """
        kafka.bootstrap-servers=%s
        objects.path=%s
        trainer.path=%s
        trainer.engine=torch
        trainer.device=cpu
        trainer.threads=2
        """
            .formatted(clients.bootstrapServers(), folder.resolve("objects"), folder));
    List<Signal> signals = new CopyOnWriteArrayList<>();
    try (SignalFeed feed = SignalFeed.start(clients, "test");
        ChildJvm trainer =
            ChildJvm.start(
                "trainer",
                TrainerMain.class,
                List.of(
                    "--add-modules=jdk.incubator.vector",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "-Xmx1g"),
                List.of(settings.toString()),
                folder)) {
      feed.follow(signals::add);
      // Clipped and averaged: more of libtorch than a step of the preset alone.
      writer.append(request("stopped", Map.of("preset", "one-view+clip=1+average=0.9")));
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () ->
                  signals.stream()
                      .anyMatch(
                          signal ->
                              signal instanceof TrainingProgressed progressed
                                  && progressed.request().equals("stopped")
                                  && progressed.step() >= 2));

      ProcessHandle.of(trainer.pid()).orElseThrow().destroy();
      Awaitility.await().atMost(PATIENCE).until(() -> !trainer.isAlive());

      assertThat(trainer.exitValue())
          .as(() -> ChildJvm.logTail(folder, "trainer", 40))
          .hasValue(SIGTERM);
      assertThat(folder.resolve("stopped").resolve("checkpoint")).exists();
    }
  }

  @Test
  void aDivergedTrainingLeavesItsLastGoodNetworkAsARejectedRelease() throws Exception {
    produce(IMAGES);
    Path run = Files.createDirectories(folder.resolve("trainer").resolve("exploding"));
    CheckpointFile.write(run.resolve("checkpoint"), exploding());
    writer.append(
        request(
            "exploding", quick("imagesSeen", "1280", "seed", "1", ControlRequest.FORCE, "true")));
    try (TrainerService _ = start(0)) {
      ControlRequest done = awaitEnd("exploding");

      assertThat(done.outcome()).startsWith("encoder 1 was rejected: the training diverged at ");
      EncoderRelease release = control.state().encoders().get(1);
      assertThat(release.verdict()).isEqualTo(Verdict.REJECTED);
      assertThat(release.training().steps()).isEqualTo(7);
      Path kept = Files.write(folder.resolve("kept"), checkpointOf(release));
      assertThat(CheckpointFile.read(kept).weights().digest())
          .isEqualTo(exploding().weights().digest());
    }
  }

  private byte[] checkpointOf(EncoderRelease release) {
    return store.read(release.artifacts().get(ReleasePublisher.CHECKPOINT));
  }

  /** The checkpoint of an epoch after which no loss is a number: exp of its log variance. */
  private static TrainingCheckpoint exploding() {
    Preset preset = Preset.named("one-view");
    Weights initial = Weights.initial(preset.layout(new NetworkShape(32, 256)), 1);
    float[] parameters = initial.parameters();
    parameters[initial.layout().tensor("logvar.b").offset()] = 500;
    return TrainingCheckpoint.of(
        new TrainingCheckpoint.Progress(preset.name(), 1, 7),
        Weights.of(initial.layout(), parameters, initial.statistics()),
        new float[parameters.length],
        new float[parameters.length]);
  }

  @Test
  void aCancelledTrainingEndsWithoutARelease() throws Exception {
    produce(IMAGES);
    try (TrainerService _ = start(0)) {
      writer.append(request("endless", quick("imagesSeen", "100000000")));
      await(
          state ->
              state.open(Kind.TRAIN).stream()
                  .anyMatch(request -> request.status() == Status.RUNNING));
      writer.append(cancel("end", "endless"));
      assertThat(awaitEnd("end").status()).isEqualTo(Status.DONE);
      assertThat(awaitEnd("endless").outcome()).isEqualTo("was cancelled by ann: enough");
      assertThat(control.state().encoders()).containsOnlyKeys(0);
    }
  }

  @Test
  void aTrainingThatRunsOutOfMemoryFailsAtOnceAndTheNextOneIsDone() throws Exception {
    produce(FEW_IMAGES);
    try (TrainerService _ = start(0)) {
      met =
          (_, _) -> {
            throw new OutOfMemoryError("injected");
          };
      writer.append(request("vast", quick("imagesSeen", "128")));

      ControlRequest vast = awaitEnd("vast");
      assertThat(vast.status()).isEqualTo(Status.FAILED);
      assertThat(vast.outcome())
          .startsWith("the trainer ran out of memory (injected)")
          .contains("--preset default+batch=64");

      met = StoreObserver.NONE;
      writer.append(request("next", quick("imagesSeen", "128")));
      assertThat(awaitEnd("next").status()).isEqualTo(Status.DONE);
    }
  }

  @Test
  void aTrainingOutlastsAStoreThatIsAwayForLongerThanItMayFail() throws Exception {
    produce(FEW_IMAGES);
    Health health = new Health();
    AtomicInteger refused = new AtomicInteger();
    try (TrainerService _ = start(0, health)) {
      met =
          (step, _) -> {
            if (step == StoreStep.PUT_OBJECT && refused.incrementAndGet() <= 3) {
              throw new ObjectStoreException("no space left");
            }
          };
      writer.append(request("patient", quick("imagesSeen", "128")));
      Awaitility.await().atMost(PATIENCE).until(() -> refused.get() >= 2);

      assertThat(health.readinessFailures().toString()).contains("no space left");
      assertThat(folder.resolve("trainer").resolve("patient").resolve("checkpoint")).exists();
      assertThat(awaitEnd("patient").status()).isEqualTo(Status.DONE);
      assertThat(refused.get()).isGreaterThan(3);
      control.awaitEnd(clients, "test", PATIENCE);
      assertThat(control.state().encoders()).containsOnlyKeys(0, 1);
      Awaitility.await().atMost(PATIENCE).until(() -> health.readinessFailures().isEmpty());
    }
  }

  @Test
  void aTrainingThatWaitsForTheStoreCanBeCancelled() throws Exception {
    produce(FEW_IMAGES);
    AtomicInteger refused = new AtomicInteger();
    try (TrainerService _ = start(0)) {
      met =
          (_, _) -> {
            refused.incrementAndGet();
            throw new ObjectStoreException("the store does not answer");
          };
      writer.append(request("waiting", quick("imagesSeen", "128")));
      Awaitility.await().atMost(PATIENCE).until(() -> refused.get() >= 2);
      writer.append(cancel("end", "waiting"));

      assertThat(awaitEnd("end").status()).isEqualTo(Status.DONE);
      assertThat(awaitEnd("waiting").outcome()).isEqualTo("was cancelled by ann: enough");
    }
  }

  @Test
  void whatCannotBeDoneFailsWithASentenceAndWhatIsTooOldExpires() throws Exception {
    produce(20);
    try (TrainerService service = start(0)) {
      assertThat(service).isNotNull();
      writer.append(request("unknown-preset", Map.of("preset", "best")));
      writer.append(request("too-few", Map.of()));
      Instant created = Instant.now().minus(Duration.ofHours(2));
      writer.append(
          new ControlRequest(
              "late",
              Kind.TRAIN,
              Map.of(),
              "test",
              "test",
              created,
              created.plusSeconds(60),
              Status.PENDING,
              ""));

      assertThat(awaitEnd("unknown-preset").outcome()).contains("expected one of");
      assertThat(awaitEnd("too-few").outcome()).contains("there are 19 images to train on");
      assertThat(awaitEnd("late").status()).isEqualTo(Status.EXPIRED);
    }
  }

  @Test
  void enoughNewImagesAskForATrainingByThemselves() throws Exception {
    produce(150);
    try (TrainerService service = start(149)) {
      assertThat(service).isNotNull();
      ControlState state =
          await(
              asked ->
                  asked.requests().values().stream()
                      .anyMatch(request -> request.status() == Status.DONE));
      assertThat(state.requests()).hasSize(1);
      assertThat(state.requests().values().iterator().next().who()).isEqualTo("trainer");
    }
  }

  private TrainerService start(long afterImages) throws Exception {
    return start(afterImages, new Health());
  }

  private TrainerService start(long afterImages, Health health) throws Exception {
    Triggers triggers = new Triggers(afterImages, Duration.ZERO, 0);
    return TrainerService.start(
        new TrainerConfig(
            folder.resolve("trainer"),
            32,
            256,
            "default",
            640,
            1,
            2,
            10_000,
            triggers,
            ComputeTarget.DEFAULT),
        clients,
        store,
        new SimpleMeterRegistry(),
        health);
  }

  private ControlState await(Predicate<ControlState> condition) throws Exception {
    return control.await(condition, PATIENCE);
  }

  private ControlRequest awaitEnd(String id) throws Exception {
    return await(
            state ->
                state.requests().containsKey(id) && state.requests().get(id).status().isFinal())
        .requests()
        .get(id);
  }

  private List<Path> foldersLeft() throws Exception {
    Awaitility.await().atMost(PATIENCE).until(() -> listRuns().isEmpty());
    return listRuns();
  }

  private List<Path> listRuns() throws Exception {
    try (Stream<Path> runs = Files.list(folder.resolve("trainer"))) {
      return runs.toList();
    }
  }

  private static double figure(EncoderRelease release, String row, String figure) {
    return release.evaluation().stream()
        .filter(candidate -> candidate.name().equals(row))
        .findFirst()
        .orElseThrow()
        .figures()
        .get(figure);
  }

  private void assertGoldenImagesHold(EncoderRelease release) {
    GoldenImages golden =
        Json.read(store.read(release.artifacts().get(ReleasePublisher.GOLDEN)), GoldenImages.class);
    assertThat(golden.inputSize()).isEqualTo(32);
    assertThat(golden.pixels()).isNotEmpty();
    try (Encoder encoder =
        Encoder.open(
            store.read(release.onnx()),
            release.onnx(),
            release.inputSize(),
            release.dimensions(),
            1)) {
      for (int image = 0; image < golden.pixels().size(); image++) {
        byte[] pixels = Base64.getDecoder().decode(golden.pixels().get(image));
        float[] embedding = encoder.embed(EncoderPixels.ofBytes(32, pixels)).components();
        for (int d = 0; d < embedding.length; d++) {
          assertThat(embedding[d]).isCloseTo(golden.vectors().get(image).get(d), within(1e-3f));
        }
      }
    }
  }

  private void assertSheetsAndCurves(EncoderRelease release) throws Exception {
    for (String name :
        List.of(
            ReleasePublisher.SHEET_COSINE,
            ReleasePublisher.SHEET_EUCLIDEAN,
            ReleasePublisher.LOSS_CHART)) {
      BufferedImage picture =
          ImageIO.read(new ByteArrayInputStream(store.read(release.artifacts().get(name))));
      assertThat(picture.getWidth()).isGreaterThan(600);
    }
    LossHistory losses =
        Json.read(store.read(release.artifacts().get(ReleasePublisher.LOSSES)), LossHistory.class);
    assertThat(losses.points()).hasSizeGreaterThan(5);
    assertThat(release.artifacts()).containsKey(ReleasePublisher.MOMENTS);
    assertThat(release.int8() != null).isEqualTo(release.verdict() == Verdict.ACCEPTED);
    assertThat(store.contains(release.artifacts().get(ReleasePublisher.CHECKPOINT))).isTrue();
  }

  private static Map<String, String> quick(String... parameters) {
    Map<String, String> all = new HashMap<>(Map.of(ControlRequest.PRESET, "one-view"));
    for (int at = 0; at < parameters.length; at += 2) {
      all.put(parameters[at], parameters[at + 1]);
    }
    return all;
  }

  private static ControlRequest cancel(String id, String training) {
    Instant now = Instant.now();
    return new ControlRequest(
        id,
        Kind.CANCEL,
        Map.of(ControlRequest.REQUEST, training),
        "ann",
        "enough",
        now,
        now.plus(Duration.ofHours(1)),
        Status.PENDING,
        "");
  }

  private static ControlRequest request(String id, Map<String, String> parameters) {
    Instant now = Instant.now();
    return new ControlRequest(
        id,
        Kind.TRAIN,
        parameters,
        "test",
        "test",
        now,
        now.plus(Duration.ofHours(1)),
        Status.PENDING,
        "");
  }

  /** Images of four classes; one is replaced by itself, and the last one is deleted again. */
  private void produce(int count) throws Exception {
    try (Producer<byte[], byte[]> producer = clients.producer("test-images")) {
      List<java.util.concurrent.Future<?>> sent = new ArrayList<>();
      for (int image = 0; image < count; image++) {
        sent.add(producer.send(ImageEventCodec.write(stored(image))));
      }
      sent.add(producer.send(ImageEventCodec.write(stored(0))));
      sent.add(
          producer.send(
              ImageEventCodec.write(
                  new ImageEvent.ImageDeleted(new ImageId("image-" + (count - 1))))));
      for (java.util.concurrent.Future<?> each : sent) {
        each.get();
      }
    }
  }

  private static ImageEvent.ImageStored stored(int image) throws Exception {
    Random random = new Random(image);
    BufferedImage picture = new BufferedImage(40, 32, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(new Color(random.nextInt(0x1000000)));
    graphics.fillRect(0, 0, 40, 32);
    graphics.setColor(new Color(random.nextInt(0x1000000)));
    int x = 4 + random.nextInt(12);
    int y = random.nextInt(12);
    switch (image % 4) {
      case 0 -> graphics.fillRect(x, y, 18, 18);
      case 1 -> graphics.fillOval(x, y, 18, 18);
      case 2 -> graphics.drawRect(x, y, 18, 18);
      default -> graphics.drawLine(x, y, x + 18, y + 18);
    }
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", bytes);
    return new ImageEvent.ImageStored(
        new ImageId("image-" + image),
        CanonicalImage.of(ImageFormat.PNG, bytes.toByteArray()),
        Metadata.of(Map.of("label", "class-" + image % 4)),
        Map.of());
  }
}
