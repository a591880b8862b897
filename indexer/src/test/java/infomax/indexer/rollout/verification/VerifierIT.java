package infomax.indexer.rollout.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import infomax.index.IndexSpec;
import infomax.index.IndexedImage;
import infomax.index.Manifest;
import infomax.index.Progress;
import infomax.index.Publications;
import infomax.index.PublishOutcome.Published;
import infomax.index.PublishedShards;
import infomax.index.ShardWriter;
import infomax.index.UnitVector;
import infomax.indexer.rollout.decision.VerificationStatus.Finished;
import infomax.runtime.kafka.Topics;
import infomax.store.ObjectStore;
import infomax.testing.TestingKafka;
import infomax.testing.TinyEncoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a verification finds, and what it names. */
class VerifierIT {

  private static final int INPUT_SIZE = 8;
  private static final int DIMENSIONS = 6;
  private static final int IMAGES = 130;

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;
  private final Random random = new Random(7);
  private final ImageIntake intake = ImageIntake.create(1);
  private final Map<ImageId, RecordMetadata> newest = new HashMap<>();
  private final Map<ImageId, IndexedImage> indexed = new HashMap<>();
  private final byte[] onnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, 1);
  private ObjectStore store;
  private Publications publications;
  private Producer<byte[], byte[]> producer;
  private Encoder encoder;
  private Verifier verifier;
  private final Set<Digest> fatal = new HashSet<>();
  private Positions target;

  @BeforeEach
  void fillTheLog() throws Exception {
    store = ObjectStore.open(folder.resolve("objects"));
    publications = new Publications(store, InstantSource.system());
    producer = KAFKA.clients().producer("verifier-test");
    encoder = Encoder.open(onnx, store.put(onnx), INPUT_SIZE, DIMENSIONS, 1);
    verifier =
        new Verifier(
            store,
            KAFKA.clients(),
            folder.resolve("verification"),
            VerificationLimits.DEFAULT,
            fatal::contains);
    for (int ordinal = 0; ordinal < IMAGES; ordinal++) {
      put("image-" + ordinal);
    }
    for (int ordinal = 0; ordinal < 20; ordinal++) {
      put("image-" + ordinal);
    }
    delete("image-50");
    put("image-51");
    sendUndecodable("undecodable");
    sendMalformed("malformed");
    target = ends();
    // Beyond the target: none of this may count.
    put("image-60");
    put("image-late");
    delete("image-61");
  }

  @AfterEach
  void close() {
    producer.close();
    encoder.close();
  }

  @Test
  void equalToTheLogOrToTheLiveOnePasses() throws Exception {
    Manifest live = publish(1, _ -> {});
    Finished againstLog = verify(1, live, null, release(golden(encoder)));
    assertThat(againstLog.cause()).isNull();
    assertThat(againstLog.outcome().passed()).isTrue();
    assertThat(againstLog.outcome().images()).isEqualTo(IMAGES - 1);
    assertThat(againstLog.outcome().recallAt10()).isBetween(0.95, 1.0);
    assertThat(againstLog.outcome().goldenCosineMin()).isBetween(0.999, 1.0);
    assertThat(againstLog.outcome().detail()).contains("as in the log, 1 left out");

    Finished againstLive = verify(2, publish(2, _ -> {}), live, release(golden(encoder)));
    assertThat(againstLive.cause()).isNull();
    assertThat(againstLive.outcome().detail()).contains("as in generation 1");
    assertThat(folder.resolve("verification")).doesNotExist();
  }

  @Test
  void anImageThatEndsTheProcessIsRightlyLeftOutAndNotTried() throws Exception {
    ImageId left = new ImageId("image-70");
    fatal.add(indexed.get(left).digest());
    Manifest without = publish(1, writer -> writer.delete(left));
    Finished finished = verify(1, without, null, release(golden(encoder)));
    assertThat(finished.cause()).isNull();
    assertThat(finished.outcome().detail()).contains("as in the log, 2 left out");
  }

  @Test
  void everyDifferenceFromTheLogFailsAndIsNamed() throws Exception {
    ImageId missing = new ImageId("image-70");
    expectDifference(1, writer -> writer.delete(missing), "image-70", "is missing");

    ImageId stale = new ImageId("image-3");
    expectDifference(
        2,
        writer -> writer.put(at(indexed.get(stale), 0, stale)),
        "image-3",
        "comes from offset 0, expected offset " + newest.get(stale).offset());

    ImageId deleted = new ImageId("image-50");
    expectDifference(
        3, writer -> writer.put(at(indexed.get(stale), 1, deleted)), "image-50", "expected none");

    Manifest many =
        publish(
            4,
            writer -> {
              for (int ordinal = 80; ordinal < 90; ordinal++) {
                writer.delete(new ImageId("image-" + ordinal));
              }
            });
    Finished named = verify(4, many, null, release(golden(encoder)));
    assertThat(named.cause()).isEqualTo(FailureCause.CONTENTS_DIFFER);
    assertThat(named.outcome().detail()).startsWith("10 images differ from the log");
    assertThat(named.outcome().detail().split("is missing", -1)).hasSize(6);
  }

  @Test
  void theLogSaysWhichSideIsWrong() throws Exception {
    Manifest right = publish(1, _ -> {});
    Manifest wrong = publish(2, writer -> writer.delete(new ImageId("image-70")));
    Finished candidateRight = verify(1, right, wrong, release(golden(encoder)));
    assertThat(candidateRight.cause()).isNull();
    assertThat(candidateRight.outcome().detail()).contains("generation 2 differs");
    Finished candidateWrong = verify(2, wrong, right, release(golden(encoder)));
    assertThat(candidateWrong.cause()).isEqualTo(FailureCause.CONTENTS_DIFFER);
    assertThat(candidateWrong.outcome().detail()).contains("image-70");
  }

  @Test
  void anEncoderThatIsNotWhatItClaimsFails() throws Exception {
    Manifest publication = publish(1, _ -> {});
    byte[] otherOnnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, 2);
    try (Encoder other = Encoder.open(otherOnnx, Digest.of(otherOnnx), INPUT_SIZE, DIMENSIONS, 1)) {
      assertThat(verify(1, publication, null, release(golden(other))).cause())
          .isEqualTo(FailureCause.GOLDEN_IMAGES_DIFFER);
    }
    assertThat(verify(1, publication, null, release(Map.of())).cause())
        .isEqualTo(FailureCause.GOLDEN_IMAGES_DIFFER);
    Map<String, Digest> unreadable = Map.of("golden", store.put(new byte[] {'{', '}'}));
    assertThat(verify(1, publication, null, release(unreadable)).cause())
        .isEqualTo(FailureCause.GOLDEN_IMAGES_DIFFER);
    EncoderRelease otherPipeline = release(golden(encoder), DIMENSIONS, 99);
    assertThat(verify(1, publication, null, otherPipeline).cause())
        .isEqualTo(FailureCause.ENCODER_UNUSABLE);
    EncoderRelease otherShape =
        release(golden(encoder), DIMENSIONS + 1, EncoderPixels.PIPELINE_VERSION);
    assertThat(verify(1, publication, null, otherShape).cause())
        .isEqualTo(FailureCause.ENCODER_UNUSABLE);
  }

  @Test
  void whatCannotBeCarriedOutSaysNothingAboutTheCandidate() throws Exception {
    Manifest publication = publish(1, _ -> {});
    EncoderRelease lost = release(Map.of("golden", Digest.of(new byte[] {1})), DIMENSIONS, 1);
    assertThatThrownBy(() -> verify(1, publication, null, lost))
        .isInstanceOf(VerificationUnavailableException.class)
        .hasMessageContaining("absent");
    target = target.with(0, infomax.events.Position.of(1_000_000));
    Manifest beyond = publish(2, _ -> {});
    assertThatThrownBy(() -> verify(2, beyond, null, release(golden(encoder))))
        .isInstanceOf(VerificationUnavailableException.class)
        .hasMessageContaining("expected 1000000");
  }

  @Test
  void aDamagedFileFailsTheCandidateButNotItsCounterpart() throws Exception {
    Manifest sound = publish(1, _ -> {});
    Manifest damaged = publish(2, _ -> {});
    Path object =
        folder.resolve("objects/objects").resolve(damaged.files().getFirst().digest().hex());
    byte[] bytes = Files.readAllBytes(object);
    bytes[bytes.length / 2] ^= 1;
    Files.delete(object);
    Files.write(object, bytes);
    assertThat(verify(2, damaged, null, release(golden(encoder))).cause())
        .isEqualTo(FailureCause.INDEX_CORRUPT);
    Finished againstDamaged = verify(1, sound, damaged, release(golden(encoder)));
    assertThat(againstDamaged.cause()).isNull();
    assertThat(againstDamaged.outcome().detail()).contains("as in the log");
  }

  private void expectDifference(
      int generation, Consumer<ShardWriter> tamper, String id, String difference) throws Exception {
    Finished finished =
        verify(generation, publish(generation, tamper), null, release(golden(encoder)));
    assertThat(finished.cause()).isEqualTo(FailureCause.CONTENTS_DIFFER);
    assertThat(finished.outcome().passed()).isFalse();
    assertThat(finished.outcome().detail())
        .startsWith("1 images differ from the log: " + id + " of partition")
        .contains(difference);
  }

  private Finished verify(
      int generation, Manifest publication, Manifest live, EncoderRelease release)
      throws Exception {
    return verifier.verify(
        new VerificationOrder(
            generation(generation),
            release,
            new PublishedShards(List.of(publication)),
            target,
            live == null ? null : new PublishedShards(List.of(live))));
  }

  /** Publishes what an indexer would, then changed by {@code tamper}, at the target. */
  private Manifest publish(int generation, Consumer<ShardWriter> tamper) {
    try (ShardWriter writer =
        ShardWriter.open(
            publications,
            folder.resolve("generation-" + generation),
            IndexSpec.of(generation(generation), 0),
            InstantSource.system(),
            () -> {})) {
      indexed.values().stream()
          .filter(image -> image.offset() < target.offset(image.partition()))
          .forEach(writer::put);
      tamper.accept(writer);
      writer.commit(new Progress(target, new TreeMap<>(), null, null));
      return ((Published) writer.publish()).manifest();
    }
  }

  private IndexGeneration generation(int number) {
    return new IndexGeneration(
        number,
        1,
        Digest.of(onnx),
        DIMENSIONS,
        "topic",
        Topic.IMAGES.partitions(),
        IndexParameters.DEFAULT,
        IndexOverrides.NONE,
        null,
        GenerationState.CAUGHT_UP,
        List.of(),
        target,
        null,
        null);
  }

  private EncoderRelease release(Map<String, Digest> artifacts) {
    return release(artifacts, DIMENSIONS, EncoderPixels.PIPELINE_VERSION);
  }

  private EncoderRelease release(Map<String, Digest> artifacts, int dimensions, int pixelPipeline) {
    return new EncoderRelease(
        1,
        Digest.of(onnx),
        onnx.length,
        INPUT_SIZE,
        dimensions,
        pixelPipeline,
        Verdict.ACCEPTED,
        List.of(),
        "tiny",
        1,
        Map.of(),
        null,
        null,
        null,
        List.of(),
        artifacts,
        Instant.now());
  }

  private Map<String, Digest> golden(Encoder from) {
    byte[] planes = new byte[3 * INPUT_SIZE * INPUT_SIZE];
    random.nextBytes(planes);
    Embedding embedding = from.embed(EncoderPixels.ofBytes(INPUT_SIZE, planes));
    byte[] json =
        Json.write(
            Map.of(
                "inputSize", INPUT_SIZE,
                "pixels", List.of(Base64.getEncoder().encodeToString(planes)),
                "vectors", List.of(embedding.components())));
    return Map.of(GoldenImages.ARTIFACT, store.put(json));
  }

  private static IndexedImage at(IndexedImage image, long offset, ImageId id) {
    return new IndexedImage(
        id,
        image.digest(),
        image.format(),
        id.partition(Topic.IMAGES.partitions()),
        offset,
        image.timestamp(),
        image.metadata(),
        image.vector(),
        image.norm());
  }

  private void put(String name) throws Exception {
    ImageId id = new ImageId(name);
    BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int at = 0; at < 256; at++) {
      picture.setRGB(at % 16, at / 16, random.nextInt(0x1000000));
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", png);
    CanonicalImage image = ((Accepted) intake.canonicalize(png.toByteArray())).image();
    RecordMetadata written =
        producer
            .send(ImageEventCodec.write(new ImageStored(id, image, Metadata.NONE, Map.of())))
            .get();
    if (target == null) {
      Embedding embedding = encoder.embed(EncoderPixels.of(image, INPUT_SIZE));
      newest.put(id, written);
      indexed.put(
          id,
          new IndexedImage(
              id,
              image.digest(),
              image.format(),
              written.partition(),
              written.offset(),
              Instant.ofEpochMilli(written.timestamp()),
              Metadata.NONE,
              UnitVector.of(embedding.unit()),
              (float) embedding.norm()));
    }
  }

  private void delete(String name) throws Exception {
    ImageId id = new ImageId(name);
    producer.send(ImageEventCodec.write(new ImageDeleted(id))).get();
    if (target == null) {
      indexed.remove(id);
    }
  }

  private void sendUndecodable(String name) throws Exception {
    CanonicalImage garbage = CanonicalImage.of(ImageFormat.PNG, new byte[] {1, 2, 3});
    producer
        .send(
            ImageEventCodec.write(
                new ImageStored(new ImageId(name), garbage, Metadata.NONE, Map.of())))
        .get();
  }

  private void sendMalformed(String name) throws Exception {
    ImageId id = new ImageId(name);
    producer
        .send(
            new ProducerRecord<>(
                Topic.IMAGES.name(),
                id.partition(Topic.IMAGES.partitions()),
                id.bytes(),
                new byte[] {1}))
        .get();
  }

  private Positions ends() {
    try (Admin admin = KAFKA.clients().admin("verifier-test")) {
      return new Topics(admin).ends(Topic.IMAGES.name(), Topic.IMAGES.partitions());
    }
  }
}
