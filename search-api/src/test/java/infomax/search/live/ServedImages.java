package infomax.search.live;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.events.ImageId;
import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.image.CanonicalImage;
import infomax.events.image.Metadata;
import infomax.imaging.EncoderPixels;
import infomax.index.IndexSpec;
import infomax.index.IndexedImage;
import infomax.index.Progress;
import infomax.index.Publications;
import infomax.index.PublishOutcome.Published;
import infomax.index.PublishedIndex;
import infomax.index.ShardWriter;
import infomax.index.UnitVector;
import infomax.store.ObjectStore;
import infomax.testing.TinyEncoder;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Generations that answer, without a broker: the test puts images, a real writer publishes them, a
 * real encoder embeds them.
 */
public final class ServedImages implements AutoCloseable {

  /** Side of the encoder's input. */
  public static final int INPUT_SIZE = 16;

  /** Length of its embeddings. */
  public static final int DIMENSIONS = 24;

  private final Path folder;
  private final ObjectStore store;
  private final Publications publications;
  private final EncoderRelease release;
  private final Encoder encoder;
  private final List<ShardWriter> writers = new ArrayList<>();
  private final PastPublications past;
  private final LoadedGenerations loaded = new LoadedGenerations(InstantSource.system());
  private final int generation;
  private Positions positions = Positions.START;

  /** A generation that will be written in {@code folder}. */
  public ServedImages(Path folder, int generation) {
    this(folder, generation, 1);
  }

  /** The same over several shards. */
  public ServedImages(Path folder, int generation, int shards) {
    this.folder = folder;
    this.generation = generation;
    this.store = ObjectStore.open(folder.resolve("objects"));
    this.publications = new Publications(store, InstantSource.system());
    this.past =
        new PastPublications(publications, folder.resolve("past"), 1, InstantSource.system());
    byte[] onnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, 100);
    this.release =
        new EncoderRelease(
            0,
            store.put(onnx),
            onnx.length,
            INPUT_SIZE,
            DIMENSIONS,
            EncoderPixels.PIPELINE_VERSION,
            Verdict.UNTRAINED,
            List.of("a tiny encoder for tests"),
            "default",
            0,
            Map.of(),
            null,
            null,
            null,
            List.of(),
            Map.of(),
            Instant.now());
    this.encoder = Encoder.open(onnx, release.onnx(), INPUT_SIZE, DIMENSIONS, 1);
    for (int shard = 0; shard < shards; shard++) {
      writers.add(
          ShardWriter.open(
              publications,
              folder.resolve("index-" + shard),
              new IndexSpec(
                  generation,
                  shard,
                  release.onnx(),
                  DIMENSIONS,
                  "topic-id",
                  Topic.IMAGES.partitions(),
                  new IndexOverrides(shards, null, null, null).on(IndexParameters.DEFAULT),
                  IndexSpec.FORMAT),
              InstantSource.system(),
              () -> {}));
    }
  }

  /** What answers. */
  public LoadedGenerations loaded() {
    return loaded;
  }

  /** What answered before; at most one publication of it is open. */
  public PastPublications past() {
    return past;
  }

  /** What is published. */
  public Publications publications() {
    return publications;
  }

  /** The release of the encoder. */
  public EncoderRelease release() {
    return release;
  }

  /** Puts an image into the next publication. */
  public void put(String id, CanonicalImage image, Map<String, ?> metadata) {
    try {
      Embedding embedding = encoder.embed(EncoderPixels.of(image, INPUT_SIZE));
      ImageId imageId = new ImageId(id);
      int partition = imageId.partition(Topic.IMAGES.partitions());
      long offset = positions.offset(partition);
      ShardWriter writer = writers.get(partition % writers.size());
      writer.put(
          new IndexedImage(
              imageId,
              image.digest(),
              image.format(),
              partition,
              offset,
              Instant.now(),
              Metadata.of(metadata),
              UnitVector.of(embedding.unit()),
              (float) embedding.norm()));
      positions = positions.with(partition, Position.of(offset + 1));
    } catch (infomax.imaging.UndecodableImageException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Publishes what was put, and answers from it. */
  public void publish() {
    writers.forEach(this::write);
    answer();
  }

  /** Publishes one shard alone, and answers from what is published then. */
  public void publish(int shard) {
    write(writers.get(shard));
    answer();
  }

  private void write(ShardWriter writer) {
    Positions own = positions.in(writer.spec().shardPartitions());
    writer.commit(new Progress(own, new TreeMap<>(), null, null));
    if (!(writer.publish() instanceof Published)) {
      throw new IllegalStateException("not published");
    }
  }

  private void answer() {
    LiveGeneration current = loaded.byNumber().get(generation);
    loaded.put(
        new LiveGeneration(
            ServedEncoder.open(
                store,
                release,
                release.onnx(),
                new Encoder.Execution(EncoderDevice.CPU, 1),
                ReleaseTrust.anybody()),
            PublishedIndex.open(
                store,
                publications.latest(generation).orElseThrow(),
                folder.resolve("cache"),
                current == null ? null : current.index()),
            null));
    if (current == null) {
      loaded.serve(generation);
    }
  }

  @Override
  public void close() {
    past.close();
    loaded.close();
    writers.forEach(ShardWriter::close);
    encoder.close();
  }
}
