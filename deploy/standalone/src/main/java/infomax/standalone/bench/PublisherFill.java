package infomax.standalone.bench;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.IndexGeneration;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.imaging.UndecodableImageException;
import infomax.index.IndexSpec;
import infomax.index.IndexedImage;
import infomax.index.Publications;
import infomax.index.PublishOutcome;
import infomax.index.ShardWriter;
import infomax.index.UnitVector;
import infomax.runtime.lifecycle.Closer;
import infomax.standalone.UserError;
import infomax.standalone.demo.image.SourceImage;
import infomax.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Fills a generation by the production writer and publisher while no indexer runs. What it goes
 * around: uploads, ingest and the log, and, beyond the first 20,000 images, the encoder: every
 * further vector is one of theirs with Gaussian noise of a fifth of its length.
 */
final class PublisherFill {

  private static final int EMBEDDED_MAX = 20_000;
  private static final int BATCH = 64;
  private static final int PER_COMMIT = 25_000;
  private static final double NOISE = 0.2;

  private final ObjectStore store;
  private final Path folder;
  private final Consumer<String> progress;

  /**
   * A fill.
   *
   * @param folder local folder of the writer, used by nobody else
   * @param progress hears how far it has come
   */
  PublisherFill(ObjectStore store, Path folder, Consumer<String> progress) {
    this.store = store;
    this.folder = folder;
    this.progress = progress;
  }

  /** Brings the live generation to {@code vectors} images and publishes it. */
  void fill(ControlState state, long vectors, long seed) {
    IndexGeneration live =
        state.live().orElseThrow(() -> new UserError("no generation is live, nothing to fill"));
    EncoderRelease release = state.encoders().get(live.encoderVersion());
    if (release == null) {
      throw new UserError("control does not know encoder " + live.encoderVersion());
    }
    List<Embedding> embeddings =
        embeddings(release, live.encoder(), (int) Math.min(vectors, EMBEDDED_MAX), seed);
    progress.accept("%,d images embedded".formatted(embeddings.size()));
    InstantSource clock = InstantSource.system();
    SplittableRandom random = new SplittableRandom(seed);
    try (Closer closer = new Closer()) {
      List<ShardWriter> writers = new ArrayList<>();
      for (int shard = 0; shard < live.index().shards(); shard++) {
        writers.add(closer.register(writer(live, shard, clock)));
      }
      writers.forEach(writer -> writer.bulk(true));
      for (long number = 0; number < vectors; number++) {
        Embedding near = embeddings.get((int) (number % embeddings.size()));
        IndexedImage image =
            image(number, number < embeddings.size() ? near : moved(near, random), live, clock);
        writers.get(image.partition() % writers.size()).put(image);
        if ((number + 1) % PER_COMMIT == 0) {
          writers.forEach(writer -> writer.commit(writer.progress()));
        }
        if ((number + 1) % (2 * PER_COMMIT) == 0) {
          progress.accept("%,d of %,d vectors written".formatted(number + 1, vectors));
        }
      }
      writers.forEach(PublisherFill::publish);
    }
  }

  private ShardWriter writer(IndexGeneration live, int shard, InstantSource clock) {
    return ShardWriter.open(
        new Publications(store, clock),
        folder.resolve("shard-" + shard),
        IndexSpec.of(live, shard),
        clock,
        () -> {});
  }

  private static void publish(ShardWriter writer) {
    writer.commit(writer.progress());
    PublishOutcome outcome = writer.publish();
    if (!(outcome instanceof PublishOutcome.Published)) {
      throw new UserError("the filled index was not published: " + outcome);
    }
  }

  private List<Embedding> embeddings(EncoderRelease release, Digest file, int count, long seed) {
    ImageIntake intake = ImageIntake.create(1);
    List<Embedding> embeddings = new ArrayList<>(count);
    try (Encoder encoder =
            Encoder.open(
                store.read(file),
                file,
                release.inputSize(),
                release.dimensions(),
                Runtime.getRuntime().availableProcessors());
        ClusteredImages images = new ClusteredImages(seed, 0)) {
      List<EncoderPixels> pixels = new ArrayList<>(BATCH);
      while (embeddings.size() < count) {
        pixels.clear();
        while (pixels.size() < Math.min(BATCH, count - embeddings.size())) {
          pixels.add(pixels(intake, images.take(), release.inputSize()));
        }
        embeddings.addAll(encoder.embed(pixels));
      }
    } catch (UndecodableImageException e) {
      throw new IllegalStateException("a generated image cannot be decoded", e);
    }
    return embeddings;
  }

  static EncoderPixels pixels(ImageIntake intake, SourceImage image, int inputSize)
      throws UndecodableImageException {
    if (intake.canonicalize(image.bytes()) instanceof ImageIntake.Outcome.Accepted accepted) {
      return EncoderPixels.of(accepted.image(), inputSize);
    }
    throw new IllegalStateException("a generated image is refused");
  }

  private static Embedding moved(Embedding near, SplittableRandom random) {
    float[] components = near.components();
    double scale = NOISE * near.norm() / Math.sqrt(components.length);
    for (int dimension = 0; dimension < components.length; dimension++) {
      components[dimension] += (float) (scale * random.nextGaussian());
    }
    return Embedding.of(components);
  }

  private static IndexedImage image(
      long number, Embedding embedding, IndexGeneration live, InstantSource clock) {
    ImageId id = ClusteredImages.id(number);
    Instant now = clock.instant();
    return new IndexedImage(
        id,
        Digest.of(id.value().getBytes(StandardCharsets.UTF_8)),
        ImageFormat.JPEG,
        id.partition(live.partitions()),
        0,
        now,
        Metadata.of(Map.of(Metadata.LABEL, "cluster-" + number % 500)),
        UnitVector.direction(embedding.components()),
        (float) embedding.norm());
  }
}
