package infomax.indexer.rollout;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.imaging.EncoderPixels;
import infomax.index.IndexSpec;
import infomax.index.IndexedImage;
import infomax.index.Progress;
import infomax.index.Publications;
import infomax.index.ShardWriter;
import infomax.index.UnitVector;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One indexer per generation that keeps the protocol of a candidate, with real writers, encoders
 * and publications, turned by hand. A generation in {@link #lossy} loses one image, as a bug would.
 */
final class FakeIndexers implements AutoCloseable {

  private static final int PARTITIONS = Topic.IMAGES.partitions();

  /** An image that is stored once and never touched again. */
  static final ImageId SENTINEL = new ImageId("sentinel");

  /** Generations that leave out the sentinel. */
  final Set<Integer> lossy = new HashSet<>();

  private final Publications publications;
  private final Path folder;
  private final Admin admin;
  private final Consumer<byte[], byte[]> consumer;
  private final Map<Integer, ShardWriter> writers = new HashMap<>();
  private final Map<Digest, Encoder> encoders = new HashMap<>();
  private final Map<Integer, Set<Integer>> completeOnce = new HashMap<>();

  FakeIndexers(KafkaClients clients, Publications publications, Path folder) {
    this.publications = publications;
    this.folder = folder;
    this.admin = clients.admin("fake-indexers");
    this.consumer = clients.consumer("fake-indexers", 4 * 1024 * 1024);
  }

  /** Reads, commits and publishes for every generation as far as it may. */
  void turn(ControlState state) throws Exception {
    Positions ends = new Topics(admin).ends(Topic.IMAGES.name(), PARTITIONS);
    for (IndexGeneration generation : state.generations().values()) {
      if (generation.state().isIndexed()) {
        index(generation, state.encoders().get(generation.encoderVersion()), ends);
      }
    }
  }

  @Override
  public void close() {
    writers.values().forEach(ShardWriter::close);
    encoders.values().forEach(Encoder::close);
    consumer.close();
    admin.close();
  }

  private void index(IndexGeneration generation, EncoderRelease release, Positions ends)
      throws Exception {
    ShardWriter writer =
        writers.computeIfAbsent(
            generation.number(),
            number ->
                ShardWriter.open(
                    publications,
                    folder.resolve("generation-" + number),
                    IndexSpec.of(generation, 0),
                    InstantSource.system(),
                    () -> {}));
    Positions before = writer.progress().positions();
    Positions limit = limit(generation, before, ends);
    boolean nothingToDo = limit.sameOffsets(before) && isComplete(generation);
    if (nothingToDo || limit.lagTo(before) > 0) {
      return;
    }
    Positions after = before;
    TreeMap<Integer, Instant> complete = new TreeMap<>(writer.progress().completeAsOf());
    Map<TopicPartition, Long> stops = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      long end = limit.offset(partition);
      if (before.offset(partition) < end) {
        stops.put(new TopicPartition(Topic.IMAGES.name(), partition), end);
        after = after.with(partition, Position.of(end));
      }
      if (end >= ends.offset(partition)) {
        complete.put(partition, Instant.now());
      }
    }
    read(generation, release, writer, before, stops);
    completeOnce.put(generation.number(), complete.keySet());
    writer.commit(new Progress(after, complete, null, null));
    writer.publish();
  }

  private boolean isComplete(IndexGeneration generation) {
    return completeOnce.getOrDefault(generation.number(), Set.of()).size() == PARTITIONS;
  }

  private Positions limit(IndexGeneration generation, Positions before, Positions ends) {
    boolean holds =
        generation.state() == GenerationState.CAUGHT_UP
            || (generation.state() == GenerationState.BUILDING && isComplete(generation));
    if (!holds) {
      return ends;
    }
    return generation.target() == null ? before : generation.target();
  }

  /** Reads every partition that has a stop from its place up to there. */
  private void read(
      IndexGeneration generation,
      EncoderRelease release,
      ShardWriter writer,
      Positions from,
      Map<TopicPartition, Long> stops)
      throws Exception {
    consumer.assign(stops.keySet());
    consumer.resume(stops.keySet());
    stops.keySet().forEach(each -> consumer.seek(each, from.offset(each.partition())));
    while (!stops.isEmpty()) {
      for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(Duration.ofMillis(100))) {
        TopicPartition partition = new TopicPartition(consumed.topic(), consumed.partition());
        if (consumed.offset() < stops.getOrDefault(partition, 0L)) {
          apply(generation, release, writer, consumed);
        }
      }
      List<TopicPartition> done =
          stops.keySet().stream()
              .filter(each -> consumer.position(each) >= stops.get(each))
              .toList();
      consumer.pause(done);
      done.forEach(stops::remove);
    }
  }

  private void apply(
      IndexGeneration generation,
      EncoderRelease release,
      ShardWriter writer,
      ConsumerRecord<byte[], byte[]> consumed)
      throws Exception {
    ImageEvent event = ImageEventCodec.read(consumed);
    switch (event) {
      case ImageDeleted deleted -> writer.delete(deleted.id());
      case ImageStored stored
          when stored.id().equals(SENTINEL) && lossy.contains(generation.number()) -> {}
      case ImageStored stored -> {
        Encoder encoder =
            encoders.computeIfAbsent(
                release.onnx(),
                digest ->
                    Encoder.open(
                        publications.store().read(digest),
                        digest,
                        release.inputSize(),
                        release.dimensions(),
                        1));
        Embedding embedding = encoder.embed(EncoderPixels.of(stored.image(), release.inputSize()));
        writer.put(
            new IndexedImage(
                stored.id(),
                stored.image().digest(),
                stored.image().format(),
                consumed.partition(),
                consumed.offset(),
                Instant.ofEpochMilli(consumed.timestamp()),
                stored.metadata(),
                UnitVector.of(embedding.unit()),
                (float) embedding.norm()));
      }
    }
  }
}
