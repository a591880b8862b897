package infomax.indexer.rollout;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.ShadowComparison;
import infomax.events.control.ShadowComparison.Figures;
import infomax.events.control.ShadowComparison.Latency;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.Metadata;
import infomax.events.signal.Signal.LoadedGeneration;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.events.signal.Signal.ShadowCompared;
import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import infomax.index.Publications;
import infomax.runtime.control.ControlLog;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.signal.SignalSender;
import infomax.store.ObjectStore;
import infomax.testing.TinyEncoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;

/**
 * Everything around a controller on a real broker: a stream of images with deletes, indexers, one
 * search replica, a trainer that publishes tiny encoders. One thread turns it until it is closed.
 */
final class RollingWorld implements AutoCloseable {

  static final int INPUT_SIZE = 8;
  static final int DIMENSIONS = 6;

  /** What the replica says of every candidate. */
  static final Figures FIGURES = new Figures(0.7, 0.8, new Latency(1, 2), new Latency(1.5, 2.5));

  private static final String REPLICA = "replica-a";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int IDS = 120;

  final KafkaClients clients;
  final ObjectStore store;
  final Publications publications;
  final ControlLog control;
  final FakeIndexers indexers;
  private final boolean indexes;
  private final Random random;
  private final ImageIntake intake = ImageIntake.create(1);
  private final Producer<byte[], byte[]> images;
  private final ControlWriter decisions;
  private final SignalSender signals;
  private final Thread thread;
  private final AtomicBoolean replicaReports = new AtomicBoolean(true);
  private volatile boolean closing;
  private volatile Throwable failure;
  private int requests;

  RollingWorld(KafkaClients clients, Path folder, long seed) throws Exception {
    this(clients, folder, seed, true);
  }

  /** As the other one; {@code indexes} is false where real indexers are at work. */
  RollingWorld(KafkaClients clients, Path folder, long seed, boolean indexes) throws Exception {
    this.indexes = indexes;
    System.out.println("rolling world: seed " + seed);
    this.clients = clients;
    this.random = new Random(seed);
    this.store = ObjectStore.open(folder.resolve("objects"));
    this.publications = new Publications(store, InstantSource.system());
    this.control = ControlLog.open(clients, "world", PATIENCE);
    this.indexers = new FakeIndexers(clients, publications, folder.resolve("index"));
    this.images = clients.producer("world-images");
    this.decisions = new ControlWriter(clients, "world");
    this.signals = new SignalSender(clients, "world");
    store(FakeIndexers.SENTINEL);
    for (int ordinal = 0; ordinal < IDS; ordinal++) {
      stream();
    }
    this.thread = Thread.ofPlatform().name("world").daemon(true).start(this::run);
  }

  void replicaReports(boolean reports) {
    replicaReports.set(reports);
  }

  /** Publishes a release; its golden images are true unless another seed made them. */
  EncoderRelease release(int version, Verdict verdict, long goldenSeed) throws Exception {
    byte[] onnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, version + 1);
    EncoderRelease release =
        new EncoderRelease(
            version,
            store.put(onnx),
            onnx.length,
            INPUT_SIZE,
            DIMENSIONS,
            EncoderPixels.PIPELINE_VERSION,
            verdict,
            List.of(),
            "tiny",
            version,
            Map.of(),
            null,
            null,
            null,
            List.of(),
            Map.of("golden", store.put(golden(goldenSeed))),
            Instant.now());
    decisions.append(release);
    return release;
  }

  EncoderRelease release(int version, Verdict verdict) throws Exception {
    return release(version, verdict, version + 1);
  }

  ControlRequest ask(Kind kind, Map<String, String> parameters) throws Exception {
    ControlRequest request =
        new ControlRequest(
            "request-" + requests++,
            kind,
            parameters,
            "tester",
            "a test",
            Instant.now(),
            Instant.now().plusSeconds(60),
            Status.PENDING,
            "");
    decisions.append(request);
    return request;
  }

  ControlState await(Predicate<ControlState> condition) throws Exception {
    ControlState state = control.await(condition, PATIENCE);
    if (failure != null) {
      throw new AssertionError("the world around the controller failed", failure);
    }
    return state;
  }

  IndexGeneration awaitState(int generation, GenerationState wanted) throws Exception {
    return await(state -> isIn(state, generation, wanted)).generations().get(generation);
  }

  static boolean isIn(ControlState state, int generation, GenerationState wanted) {
    IndexGeneration found = state.generations().get(generation);
    return found != null && found.state() == wanted;
  }

  @Override
  public void close() throws Exception {
    closing = true;
    thread.join(PATIENCE.toMillis());
    indexers.close();
    images.close();
    decisions.close();
    signals.close();
    control.close();
  }

  private void run() {
    try {
      while (!closing) {
        stream();
        ControlState state = control.state();
        if (indexes && !state.isPaused()) {
          indexers.turn(state);
        }
        if (replicaReports.get()) {
          report(state);
        }
      }
    } catch (Throwable e) {
      failure = e;
      e.printStackTrace();
    }
  }

  /** One image or delete, among few ids, so that replaced and deleted ones are common. */
  private void stream() throws Exception {
    ImageId id = new ImageId("image-" + random.nextInt(IDS));
    if (random.nextInt(10) == 0) {
      images.send(ImageEventCodec.write(new ImageDeleted(id))).get();
    } else {
      store(id);
    }
  }

  private void store(ImageId id) throws Exception {
    Accepted accepted = (Accepted) intake.canonicalize(png());
    images
        .send(ImageEventCodec.write(new ImageStored(id, accepted.image(), Metadata.NONE, Map.of())))
        .get();
  }

  private void report(ControlState state) {
    List<LoadedGeneration> loaded = new ArrayList<>();
    int live = state.alias() == null ? -1 : state.alias().generation();
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
    signals.send(new ReplicaReported(Instant.now(), REPLICA, loaded));
    for (LoadedGeneration each : loaded) {
      IndexGeneration generation = state.generations().get(each.generation());
      if (live > 0 && generation.state() == GenerationState.VERIFIED) {
        signals.send(
            new ShadowCompared(
                Instant.now(),
                REPLICA,
                each.generation(),
                new ShadowComparison(live, REPLICA, Instant.now(), 7, FIGURES, "by the test")));
      }
    }
  }

  private byte[] png() throws Exception {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int at = 0; at < 256; at++) {
      image.setRGB(at % 16, at / 16, random.nextInt(0x1000000));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private byte[] golden(long encoderSeed) {
    byte[] onnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, encoderSeed);
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
