package infomax.trainer.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.ImageId;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.LiveAlias;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.imaging.EncoderPixels;
import infomax.runtime.kafka.KafkaClients;
import infomax.store.ObjectStore;
import infomax.testing.TestingKafka;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.release.ReleasePublisher;
import infomax.trainer.release.UntrainedEncoder;
import infomax.trainer.statistics.VectorSet;
import infomax.trainer.training.SnapshotSample;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the log holds, how old the last training is and what images look like asks for one. */
class AutomaticTrainingIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final NetworkShape SHAPE = NetworkShape.of(32);
  private static final long SEED = 3;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  private KafkaClients clients;
  private ObjectStore store;
  private SnapshotSample samples;
  private int produced;

  @BeforeEach
  void open() {
    clients = KAFKA.clients();
    store = ObjectStore.open(folder.resolve("objects"));
    samples = new SnapshotSample(store);
  }

  @Test
  void imagesOfAnotherKindAskForATraining() throws Exception {
    System.out.println("seed=" + SEED);
    ControlState state = live(discs(400));
    Triggers triggers = new Triggers(0, Duration.ZERO, 0.05);

    produce(discs(Drift.IMAGES_MIN - 1));
    AutomaticTraining few = automatic(triggers);
    assertThat(few.due(state, NOW)).isEmpty();
    assertThat(few.drift()).isNaN();

    produce(discs(300));
    AutomaticTraining same = automatic(triggers);
    assertThat(same.due(state, NOW)).isEmpty();
    System.out.printf("drift of the same kind: %.4f%n", same.drift());
    assertThat(same.drift()).isBetween(-0.02, 0.02);

    produce(stripes(Drift.IMAGES_MAX));
    AutomaticTraining other = automatic(triggers);
    Optional<ControlRequest> request = other.due(state, NOW);
    System.out.printf("drift of another kind: %.4f%n", other.drift());
    assertThat(other.drift()).isGreaterThan(0.05);
    assertThat(request).isPresent();
    assertThat(request.get().why()).startsWith("the newest images drifted by 0.");
    // What was asked for is not asked for again, even if it came to nothing.
    assertThat(other.due(state, NOW.plusSeconds(3_600))).isEmpty();
  }

  @Test
  void aTrainingThatIsLongAgoAsksForOne() throws Exception {
    ControlState state = live(discs(2));
    AutomaticTraining automatic = automatic(new Triggers(0, Duration.ofDays(1), 0));
    assertThat(automatic.due(state, NOW.plus(Duration.ofHours(23)))).isEmpty();
    Optional<ControlRequest> request = automatic.due(state, NOW.plus(Duration.ofHours(25)));
    assertThat(request.orElseThrow().why())
        .isEqualTo("the last training was 2026-01-01T00:00:00Z, one is due every PT24H");
    ControlState asked = state.with(request.get().as(ControlRequest.Status.FAILED, "no disk"));
    assertThat(automatic.due(asked, NOW.plus(Duration.ofHours(26)))).isEmpty();
    assertThat(automatic.due(asked, NOW.plus(Duration.ofHours(50)))).isPresent();
  }

  @Test
  void enoughNewImagesAskForATraining() throws Exception {
    ControlState state = live(discs(2));
    AutomaticTraining automatic = automatic(new Triggers(100, Duration.ZERO, 0));
    produce(discs(99));
    assertThat(automatic.due(state, NOW)).isEmpty();
    produce(discs(1));
    assertThat(automatic.due(state, NOW.plusSeconds(10)).orElseThrow().why())
        .isEqualTo("100 images came since the last training");
    assertThat(automatic.due(state, NOW.plusSeconds(20))).isEmpty();
  }

  private AutomaticTraining automatic(Triggers triggers) {
    return new AutomaticTraining(clients, triggers, SHAPE, samples);
  }

  /** A live encoder with a sample of what it was trained on. */
  private ControlState live(List<BufferedImage> trainedOn) throws Exception {
    OnnxFile onnx = UntrainedEncoder.onnx(SHAPE, SEED);
    store.put(onnx.bytes());
    EncoderRelease bare = UntrainedEncoder.release(SHAPE, SEED, onnx, Map.of(), NOW);
    List<byte[]> pixels = new ArrayList<>();
    for (BufferedImage image : trainedOn) {
      pixels.add(EncoderPixels.of(canonical(image), 32).bytes());
    }
    VectorSet embeddings = samples.embed(bare, pixels);
    EncoderRelease release =
        UntrainedEncoder.release(
            SHAPE,
            SEED,
            onnx,
            Map.of(ReleasePublisher.SAMPLE, store.put(SnapshotSample.bytes(embeddings))),
            NOW);
    IndexGeneration generation =
        new IndexGeneration(
            1,
            0,
            onnx.digest(),
            SHAPE.dimensions(),
            "topic",
            1,
            IndexParameters.DEFAULT,
            IndexOverrides.NONE,
            null,
            GenerationState.LIVE,
            List.of(new IndexGeneration.Transition(GenerationState.LIVE, NOW, "test")),
            null,
            null,
            null);
    return ControlState.EMPTY
        .with(release)
        .with(generation)
        .with(new LiveAlias(1, null, NOW, true, new TreeSet<>(), "test"));
  }

  private static List<BufferedImage> discs(int count) {
    Random random = new Random(SEED);
    List<BufferedImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(new Color(random.nextInt(0x1000000)));
      graphics.fillRect(0, 0, 32, 32);
      graphics.setColor(new Color(random.nextInt(0x1000000)));
      graphics.fillOval(random.nextInt(12), random.nextInt(12), 18, 18);
      graphics.dispose();
      images.add(image);
    }
    return images;
  }

  private static List<BufferedImage> stripes(int count) {
    Random random = new Random(SEED);
    List<BufferedImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      int phase = random.nextInt(4);
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++) {
          image.setRGB(x, y, (y + phase) / 2 % 2 == 0 ? 0xffffff : random.nextInt(0x40));
        }
      }
      images.add(image);
    }
    return images;
  }

  private static CanonicalImage canonical(BufferedImage image) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return CanonicalImage.of(ImageFormat.PNG, bytes.toByteArray());
  }

  private void produce(List<BufferedImage> images) throws Exception {
    try (Producer<byte[], byte[]> producer = clients.producer("test-images")) {
      List<Future<?>> sent = new ArrayList<>();
      for (BufferedImage image : images) {
        sent.add(
            producer.send(
                ImageEventCodec.write(
                    new ImageEvent.ImageStored(
                        new ImageId("image-" + produced++),
                        canonical(image),
                        Metadata.of(Map.of()),
                        Map.of()))));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }
}
