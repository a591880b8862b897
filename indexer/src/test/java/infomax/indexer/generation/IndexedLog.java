package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.control.ControlEvent;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.LiveAlias;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.events.image.Metadata;
import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.index.Contents;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.index.PublishedIndex;
import infomax.index.PublishedShards;
import infomax.runtime.control.ControlLog;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.signal.SignalSender;
import infomax.runtime.tracing.Tracing;
import infomax.store.ObjectStore;
import infomax.store.StoreObserver;
import infomax.testing.TinyEncoder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/**
 * A log on a real broker, the indexer's generations on it, and the test in the role of everybody
 * else: ingest, trainer, rollout controller, searcher.
 */
final class IndexedLog implements AutoCloseable {

  static final int INPUT_SIZE = 32;
  static final int DIMENSIONS = 16;
  static final Duration DEADLINE = Duration.ofSeconds(60);

  final KafkaClients clients;
  final ObjectStore store;
  final Publications publications;
  final AtomicReference<Duration> clockAhead = new AtomicReference<>(Duration.ZERO);
  Duration commitInterval = Duration.ofMillis(200);
  Duration checkInterval = Duration.ofHours(1);

  /** What the indexer meets in its store; the test's own store always answers. */
  volatile StoreObserver storeOfIndexer = StoreObserver.NONE;

  /** What lies between the indexer and its store. */
  UnaryOperator<ObjectStore> wayToStore = way -> way;

  /** How the indexer decodes images. */
  DecodedImages.Decoding decoding = EncoderPixels::of;

  private final Path folder;
  private final Closer closer = new Closer();
  private final Producer<byte[], byte[]> producer;
  private final ControlWriter control;
  private final Random random;
  private final ImageIntake intake = ImageIntake.create(1);
  private Closer running = new Closer();
  FollowedGenerations generations;
  MeterRegistry meters = new SimpleMeterRegistry();

  IndexedLog(KafkaClients clients, Path folder, long seed) {
    System.out.println("seed " + seed);
    this.clients = clients;
    this.folder = folder;
    this.store = ObjectStore.open(folder.resolve("objects"));
    this.publications = new Publications(store, this::now);
    this.random = new Random(seed);
    // Transactional, as ingest is, so that there are markers in the log.
    this.producer =
        closer.register(clients.transactionalProducer("test-ingest", Duration.ofSeconds(10)));
    this.producer.initTransactions();
    this.control = closer.register(new ControlWriter(clients, "test"));
  }

  Instant now() {
    return Instant.now().plus(clockAhead.get());
  }

  /** Starts the indexer; {@code local} names its local folder. */
  void start(String local) throws Exception {
    running = new Closer();
    ControlLog log = running.register(ControlLog.open(clients, "test-indexer", DEADLINE));
    SignalSender signals = running.register(new SignalSender(clients, "test-indexer"));
    meters = new SimpleMeterRegistry();
    generations =
        running.register(
            FollowedGenerations.start(
                clients,
                new Publications(
                    wayToStore.apply(
                        ObjectStore.open(
                            folder.resolve("objects"),
                            (step, name) -> storeOfIndexer.before(step, name))),
                    this::now),
                log,
                signals,
                meters,
                Tracing.OFF,
                this::now,
                new IndexingSettings(
                    folder.resolve(local),
                    2,
                    EncoderDevice.CPU,
                    commitInterval,
                    commitInterval,
                    commitInterval,
                    checkInterval,
                    OwnShards.ALL,
                    ReleaseTrust.anybody()),
                new DecodedImages(1 << 20, (image, size) -> decoding.pixels(image, size))));
  }

  void stop() {
    running.close();
  }

  @Override
  public void close() {
    stop();
    closer.close();
  }

  /** The trainer publishes an encoder. */
  EncoderRelease release(int version) throws InterruptedException {
    return release(version, TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, version), DIMENSIONS);
  }

  EncoderRelease release(int version, byte[] onnx, int dimensions) throws InterruptedException {
    return decide(
        new EncoderRelease(
            version,
            store.put(onnx),
            onnx.length,
            INPUT_SIZE,
            dimensions,
            EncoderPixels.PIPELINE_VERSION,
            Verdict.ACCEPTED,
            List.of(),
            "default",
            version,
            Map.of(),
            null,
            null,
            null,
            List.of(),
            Map.of(),
            now()));
  }

  /** The controller begins a generation, which will hold where the log ends now. */
  IndexGeneration begin(int number, EncoderRelease release) throws InterruptedException {
    ends();
    TopicDescription topic;
    try (Admin admin = clients.admin("test-begin")) {
      topic = new Topics(admin).describe(Topic.IMAGES.name());
    }
    return decide(
        new IndexGeneration(
            number,
            release.version(),
            release.onnx(),
            release.dimensions(),
            topic.topicId().toString(),
            topic.partitions().size(),
            IndexParameters.DEFAULT,
            IndexOverrides.NONE,
            null,
            GenerationState.BUILDING,
            List.of(new IndexGeneration.Transition(GenerationState.BUILDING, now(), "test")),
            null,
            null,
            null));
  }

  IndexGeneration enter(IndexGeneration generation, GenerationState state)
      throws InterruptedException {
    return decide(generation.entered(state, now(), "test"));
  }

  void alias(int generation) throws InterruptedException {
    decide(new LiveAlias(generation, null, now(), true, new TreeSet<>(), "test"));
  }

  <T extends ControlEvent> T decide(T event) throws InterruptedException {
    control.append(event);
    return event;
  }

  /** An image nobody has seen, as PNG or JPEG would come from imaging. */
  ImageStored image(String id) {
    BufferedImage pixels = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
    int base = random.nextInt(1 << 24);
    for (int y = 0; y < pixels.getHeight(); y++) {
      for (int x = 0; x < pixels.getWidth(); x++) {
        pixels.setRGB(x, y, base ^ (x * y * 3) ^ random.nextInt(64));
      }
    }
    return stored(id, pixels);
  }

  /** An image that is white all over. */
  ImageStored white(String id) {
    BufferedImage pixels = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < pixels.getHeight(); y++) {
      for (int x = 0; x < pixels.getWidth(); x++) {
        pixels.setRGB(x, y, 0xFFFFFF);
      }
    }
    return stored(id, pixels);
  }

  private ImageStored stored(String id, BufferedImage pixels) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(pixels, "png", png);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    ImageIntake.Outcome outcome = intake.canonicalize(png.toByteArray());
    return new ImageStored(
        new ImageId(id),
        ((ImageIntake.Outcome.Accepted) outcome).image(),
        Metadata.of(Map.of("label", "class-" + random.nextInt(4))),
        Map.of());
  }

  List<ImageEvent> images(String prefix, int count) {
    List<ImageEvent> events = new ArrayList<>();
    for (int ordinal = 0; ordinal < count; ordinal++) {
      events.add(image(prefix + "-" + ordinal));
    }
    return events;
  }

  static List<ImageEvent> deletes(String prefix, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(ordinal -> (ImageEvent) new ImageDeleted(new ImageId(prefix + "-" + ordinal)))
        .toList();
  }

  /** Ingest writes events, in one transaction. */
  @SuppressWarnings("FutureReturnValueIgnored") // ending the transaction throws what a send met
  void write(List<? extends ImageEvent> events) {
    producer.beginTransaction();
    events.forEach(event -> producer.send(ImageEventCodec.write(event)));
    producer.commitTransaction();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ending the transaction throws what a send met
  void writeRaw(ProducerRecord<byte[], byte[]> record) {
    producer.beginTransaction();
    producer.send(record);
    producer.commitTransaction();
  }

  /** Writes and takes back: records and a marker that no reader of committed records sees. */
  @SuppressWarnings("FutureReturnValueIgnored") // ending the transaction throws what a send met
  void writeAndAbort(List<? extends ImageEvent> events) {
    producer.beginTransaction();
    events.forEach(event -> producer.send(ImageEventCodec.write(event)));
    producer.flush();
    producer.abortTransaction();
  }

  /** The ends for readers of committed records, once no transaction is being ended any more. */
  Positions ends() {
    try (Admin admin = clients.admin("test-ends")) {
      return Awaitility.await()
          .atMost(DEADLINE)
          .pollInterval(Duration.ofMillis(10))
          .until(
              () -> {
                Positions committed =
                    new Topics(admin).ends(Topic.IMAGES.name(), Topic.IMAGES.partitions());
                return committed.sameOffsets(writtenEnds(admin)) ? committed : null;
              },
              Objects::nonNull);
    }
  }

  private static Positions writtenEnds(Admin admin) throws Exception {
    Map<TopicPartition, OffsetSpec> request = new HashMap<>();
    for (int partition = 0; partition < Topic.IMAGES.partitions(); partition++) {
      request.put(new TopicPartition(Topic.IMAGES.name(), partition), OffsetSpec.latest());
    }
    Map<Integer, Long> ends = new HashMap<>();
    admin
        .listOffsets(request)
        .all()
        .get()
        .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
    return Positions.ofOffsets(ends);
  }

  /** Waits for a publication. */
  Manifest await(int generation, Predicate<Manifest> condition) {
    return Awaitility.await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> publications.latest(generation, 0).orElse(null),
            manifest -> manifest != null && condition.test(manifest));
  }

  /** Waits until the generation has published everything that is in the log now. */
  Manifest awaitEnd(int generation) {
    Positions ends = ends();
    return await(generation, manifest -> manifest.positions().reaches(ends));
  }

  /** The same of all its shards. */
  PublishedShards awaitEndOfShards(int generation) {
    Positions ends = ends();
    return Awaitility.await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> publications.latest(generation).orElse(null),
            published -> published != null && published.positions().reaches(ends));
  }

  PublishedIndex open(PublishedShards published, String name) {
    return PublishedIndex.open(store, published, folder.resolve(name), null);
  }

  PublishedIndex open(Manifest manifest, String name) {
    return PublishedIndex.open(store, manifest, folder.resolve(name));
  }

  /** Everything the topic says, read by nobody else's code: id to digest, partition and offset. */
  Map<ImageId, Newest> readTopic(Positions until) {
    Map<ImageId, Newest> newest = new TreeMap<>();
    read(Topic.IMAGES, until)
        .forEach(
            consumed -> {
              try {
                switch (ImageEventCodec.read(consumed)) {
                  case ImageDeleted(ImageId id) -> newest.remove(id);
                  case ImageStored stored -> {
                    try {
                      EncoderPixels.of(stored.image(), INPUT_SIZE);
                      newest.put(
                          stored.id(),
                          new Newest(
                              stored.image().digest(), consumed.partition(), consumed.offset()));
                    } catch (infomax.imaging.UndecodableImageException e) {
                      newest.remove(stored.id());
                    }
                  }
                }
              } catch (MalformedRecordException e) {
                if (consumed.key() != null && consumed.key().length <= ImageId.BYTES_MAX) {
                  newest.remove(ImageId.of(consumed.key()));
                }
              }
            });
    return newest;
  }

  /** The index holds exactly what the topic says below its positions. */
  void assertEqualsTopic(PublishedIndex index) {
    Map<ImageId, Newest> expected = readTopic(index.published().positions());
    Map<ImageId, Newest> found = new TreeMap<>();
    Contents.Tally tally = new Contents.Tally();
    index.forEach(
        (id, digest, partition, offset) -> {
          assertThat(found.put(id, new Newest(digest, partition, offset))).isNull();
          tally.add(id, partition, offset);
        });
    assertThat(found).isEqualTo(expected);
    assertThat(index.contents()).isEqualTo(tally.contents());
    assertThat(index.images()).isEqualTo(expected.size());
  }

  List<DeadLetter> deadLetters() {
    Positions ends;
    try (Admin admin = clients.admin("test-ends")) {
      ends = new Topics(admin).ends(Topic.REJECTED.name(), Topic.REJECTED.partitions());
    }
    return read(Topic.REJECTED, ends).stream().map(DeadLetter::read).toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> read(Topic topic, Positions until) {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = clients.consumer("test-reader", 8 * 1024 * 1024)) {
      List<TopicPartition> partitions =
          IntStream.range(0, topic.partitions())
              .mapToObj(partition -> new TopicPartition(topic.name(), partition))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (partitions.stream()
          .anyMatch(tp -> consumer.position(tp) < until.offset(tp.partition()))) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(100));
        for (ConsumerRecord<byte[], byte[]> consumed : polled) {
          if (consumed.offset() < until.offset(consumed.partition())) {
            all.add(consumed);
          }
        }
      }
    }
    return all;
  }

  /** The newest record of an id. */
  record Newest(Digest digest, int partition, long offset) {}
}
