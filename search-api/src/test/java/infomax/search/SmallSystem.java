package infomax.search;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.control.ControlEvent;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.EvaluationRow;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.LiveAlias;
import infomax.events.control.ShadowComparison;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.Metadata;
import infomax.imaging.EncoderPixels;
import infomax.index.IndexSpec;
import infomax.index.IndexedImage;
import infomax.index.Progress;
import infomax.index.Publications;
import infomax.index.ShardWriter;
import infomax.index.UnitVector;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import infomax.runtime.lifecycle.Closer;
import infomax.store.ObjectStore;
import infomax.store.StoreLocation;
import infomax.testing.TinyEncoder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A search replica on a real broker, with everything around it played by the test: who writes
 * images, who indexes and publishes, who decides. Index, store and encoder are the real ones.
 */
final class SmallSystem implements AutoCloseable {

  static final int INPUT_SIZE = 16;
  static final int DIMENSIONS = 24;

  private static final InstantSource CLOCK = InstantSource.system();

  private final Closer closer = new Closer();
  private final KafkaClients clients;
  private final Path folder;
  private final ObjectStore store;
  private final Publications publications;
  private final Producer<byte[], byte[]> images;
  private final ControlWriter control;
  private final String topicId;
  private final Map<Integer, IndexGeneration> generations = new HashMap<>();
  private final SearchService service;
  private final HttpServer server;

  SmallSystem(KafkaClients clients, Path folder) throws Exception {
    this(clients, folder, new StoreLocation.InFolder(folder.resolve("objects")));
  }

  SmallSystem(KafkaClients clients, Path folder, StoreLocation objects) throws Exception {
    this.clients = clients;
    this.folder = folder;
    this.store = objects.open();
    this.publications = new Publications(store, CLOCK);
    this.images = closer.register(clients.producer("test-images"));
    this.control = closer.register(new ControlWriter(clients, "test"));
    try (Admin admin = clients.admin("test-admin")) {
      this.topicId = new Topics(admin).describe(Topic.IMAGES.name()).topicId().toString();
    }
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Health health = new Health();
    SearchConfig config =
        new SearchConfig(
            objects,
            folder.resolve("cache"),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            new Encoder.Execution(EncoderDevice.CPU, 1),
            8,
            64 << 20,
            2,
            2,
            3,
            1 << 20,
            Duration.ofSeconds(1),
            30,
            ReleaseTrust.anybody());
    this.service = closer.register(SearchService.start(config, clients, metrics, health));
    this.server = closer.register(HttpServer.start(0, health, metrics, List.of(service.routes())));
  }

  SearchService service() {
    return service;
  }

  ObjectStore store() {
    return store;
  }

  KafkaClients clients() {
    return clients;
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  /** Writes an image to the log. */
  Token put(String id, CanonicalImage image, Map<String, ?> metadata) throws Exception {
    return append(new ImageStored(new ImageId(id), image, Metadata.of(metadata), Map.of()));
  }

  /** Deletes an image in the log. */
  Token delete(String id) throws Exception {
    return append(new ImageDeleted(new ImageId(id)));
  }

  void decide(ControlEvent event) throws InterruptedException {
    control.append(event);
  }

  /** Publishes a release with a tiny encoder. */
  EncoderRelease release(int version, Verdict verdict, Map<String, Digest> artifacts)
      throws InterruptedException {
    byte[] onnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, 100 + version);
    EncoderRelease release =
        new EncoderRelease(
            version,
            store.put(onnx),
            onnx.length,
            INPUT_SIZE,
            DIMENSIONS,
            EncoderPixels.PIPELINE_VERSION,
            verdict,
            List.of("a tiny encoder for tests"),
            "default",
            version,
            Map.of(),
            null,
            null,
            null,
            List.of(
                new EvaluationRow("pixels", Map.of("precisionAt10Cosine", 0.21)),
                new EvaluationRow(
                    "candidate", Map.of("precisionAt10Cosine", 0.21 + 0.1 * version))),
            artifacts,
            CLOCK.instant());
    decide(release);
    return release;
  }

  /** Begins a generation; the test indexes into it by hand. */
  Indexing generation(int number, EncoderRelease release) throws InterruptedException {
    IndexGeneration generation =
        new IndexGeneration(
            number,
            release.version(),
            release.onnx(),
            release.dimensions(),
            topicId,
            Topic.IMAGES.partitions(),
            IndexParameters.DEFAULT,
            IndexOverrides.NONE,
            null,
            GenerationState.BUILDING,
            List.of(
                new IndexGeneration.Transition(
                    GenerationState.BUILDING, CLOCK.instant(), "begun by the test")),
            null,
            null,
            null);
    generations.put(number, generation);
    decide(generation);
    return closer.register(new Indexing(generation, release));
  }

  /** Moves a generation to a state. */
  void enter(int number, GenerationState state) throws InterruptedException {
    IndexGeneration next =
        generations.get(number).entered(state, CLOCK.instant(), "moved by the test");
    generations.put(number, next);
    decide(next);
  }

  /** Writes down how a verified generation would have answered; it waits for approval. */
  void compared(int number, ShadowComparison shadow) throws InterruptedException {
    IndexGeneration next =
        generations.get(number).withShadow(shadow).waitingFor("waits for approval");
    generations.put(number, next);
    decide(next);
  }

  /** Points the alias at a generation. */
  void goLive(int number, Integer previous) throws InterruptedException {
    enter(number, GenerationState.LIVE);
    decide(new LiveAlias(number, previous, CLOCK.instant(), true, new TreeSet<>(), "by the test"));
    if (previous != null) {
      enter(previous, GenerationState.STANDBY);
    }
  }

  /** Points the alias back, and pauses automatic rolls. */
  void rollBack(int from, int to) throws InterruptedException {
    enter(to, GenerationState.LIVE);
    decide(new LiveAlias(to, from, CLOCK.instant(), false, new TreeSet<>(), "by the test"));
    enter(from, GenerationState.STANDBY);
  }

  @Override
  public void close() {
    closer.close();
  }

  private Token append(ImageEvent event) throws Exception {
    RecordMetadata written = images.send(ImageEventCodec.write(event)).get();
    return new Token(written.topic(), written.partition(), written.offset());
  }

  /** Indexes one generation, when told to. */
  final class Indexing implements AutoCloseable {
    private final Encoder encoder;
    private final ShardWriter writer;
    private final Consumer<byte[], byte[]> consumer;
    private Positions positions = Positions.START;

    private Indexing(IndexGeneration generation, EncoderRelease release) {
      this.encoder =
          Encoder.open(store.read(release.onnx()), release.onnx(), INPUT_SIZE, DIMENSIONS, 1);
      this.writer =
          ShardWriter.open(
              publications,
              folder.resolve("index-" + generation.number()),
              IndexSpec.of(generation, 0),
              CLOCK,
              () -> {});
      this.consumer = clients.consumer("test-indexing-" + generation.number(), 1 << 20);
      List<TopicPartition> partitions =
          IntStream.range(0, Topic.IMAGES.partitions())
              .mapToObj(partition -> new TopicPartition(Topic.IMAGES.name(), partition))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    Encoder encoder() {
      return encoder;
    }

    /** Reads to the present end of the log, commits and publishes. */
    void catchUp() throws Exception {
      Instant oldest = null;
      Instant newest = null;
      while (!reachesEnd()) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
        for (ConsumerRecord<byte[], byte[]> consumed : records) {
          apply(consumed);
          newest = Instant.ofEpochMilli(consumed.timestamp());
          oldest = oldest == null || newest.isBefore(oldest) ? newest : oldest;
        }
      }
      writer.commit(new Progress(positions, new TreeMap<>(), oldest, newest));
      writer.publish();
    }

    private boolean reachesEnd() {
      Map<Integer, Long> offsets = new HashMap<>();
      consumer.assignment().forEach(each -> offsets.put(each.partition(), consumer.position(each)));
      positions = Positions.ofOffsets(offsets);
      Map<Integer, Long> ends = new HashMap<>();
      consumer.endOffsets(consumer.assignment()).forEach((p, end) -> ends.put(p.partition(), end));
      return positions.reaches(Positions.ofOffsets(ends));
    }

    private void apply(ConsumerRecord<byte[], byte[]> consumed) throws Exception {
      switch (ImageEventCodec.read(consumed)) {
        case ImageDeleted deleted -> writer.delete(deleted.id());
        case ImageStored stored -> {
          Embedding embedding = encoder.embed(EncoderPixels.of(stored.image(), INPUT_SIZE));
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

    @Override
    public void close() {
      writer.close();
      encoder.close();
      consumer.close();
    }
  }
}
