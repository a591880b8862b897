package infomax.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.control.ControlState;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.Metadata;
import infomax.imaging.ImageIntake;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import infomax.index.IndexFile;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.runtime.config.Settings;
import infomax.runtime.control.ControlLog;
import infomax.runtime.kafka.Topics;
import infomax.runtime.lifecycle.Closer;
import infomax.standalone.ServiceProcess;
import infomax.standalone.TinyRelease;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import infomax.store.ObjectStore;
import infomax.store.StoreLocation;
import infomax.testing.TestingKafka;
import infomax.testing.store.S3Server;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two shards, each written by a process of its own, in a bucket, searched by replicas in further
 * processes, under a stream and under queries. Whatever happens to one writer, no search fails or
 * leaves a shard out, the other shard goes on, and in the end the shards together hold what an
 * independent reader finds in the topic.
 */
final class ShardsGuarantee {

  private static final int GENERATION = 1;
  private static final int SHARDS = 2;

  /** Enough that each shard has a graph. */
  private static final int IMAGES = 1_500;

  /** Ids below this one are written and deleted again and again. */
  private static final int CHANGING = 400;

  private static final int FOUND = 40;
  private static final int SIDE = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** From when it listens: a replica fetches what is published. */
  private static final Duration JOINED_WITHIN = Duration.ofSeconds(10);

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  private final long seed = Long.getLong("infomax.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ImageIntake intake = ImageIntake.create(1);
  private final Closer closer = new Closer();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger searches = new AtomicInteger();
  private Map<String, String> bucket = Map.of();
  private ObjectStore store;
  private Publications publications;
  private volatile boolean ending;

  @BeforeEach
  void start() throws Exception {
    System.out.println("seed of this run: -Dinfomax.seed=" + seed);
    S3Server s3 = closer.register(S3Server.start(folder.resolve("s3")));
    bucket = s3.settings("system");
    store = StoreLocation.from(Settings.of(bucket)).open();
    publications = new Publications(store, InstantSource.system());
    TinyRelease.write(store, KAFKA.clients(), 7);
    write(0, IMAGES);
  }

  @Test
  @Tag("soak")
  void nothingIsLostThroughKillsAndZombiesAndAnyReplicaMayJoin() throws Exception {
    try (closer) {
      ServiceProcess zombie = closer.register(indexer("indexer-0", 0));
      ServiceProcess killed = closer.register(indexer("indexer-1", 1));
      ApiClient first = replica("replica-0");
      ApiClient second = replica("replica-1");
      stream(first, second);
      outlives(killed, first);
      standsByOnceWokenUp(zombie, first);
      assertEqualsTopic(first);
      assertEqualsTopic(second);
      joinsWithinSeconds();
      answersFromThePast(first);
    }
  }

  /** The other shard goes on meanwhile. */
  private void outlives(ServiceProcess killed, ApiClient replica) throws Exception {
    killed.kill();
    Positions other = ends().in(partitions(0));
    await(replica, "the shard that nobody killed", other);
    assertThat(positions(replica).reaches(ends())).as("nobody reads shard 1").isFalse();
    closer.register(indexer("indexer-1", 1));
    await(replica, "both shards", ends());
  }

  /** Stopped, replaced and continued: it must not publish what it still has in hand. */
  private void standsByOnceWokenUp(ServiceProcess zombie, ApiClient replica) throws Exception {
    zombie.signal("STOP");
    Manifest last = publications.latest(GENERATION, 0).orElseThrow();
    Map<String, String> other = new HashMap<>(indexerSettings("successor", 0));
    other.put("indexer.rollout.instance-id", "successor");
    closer.register(ServiceProcess.start("successor", "indexer", other, folder));
    Manifest taken =
        Awaitility.await("the successor takes over")
            .atMost(PATIENCE)
            .until(
                () -> publications.latest(GENERATION, 0).orElseThrow(),
                newest -> newest.term() > last.term());
    await(replica, "what the successor publishes", ends());
    zombie.signal("CONT");
    try (ApiClient api = zombie.api()) {
      Awaitility.await("the zombie stands by")
          .atMost(PATIENCE)
          .until(
              () ->
                  api.get("/v1/indexer/generations")
                      .json()
                      .at("/generations/0/phase")
                      .asText()
                      .equalsIgnoreCase("standing_by"));
    }
    await(replica, "what comes later", ends());
    List<Long> since =
        publications.sequences(GENERATION, 0).stream()
            .filter(sequence -> sequence >= taken.sequence())
            .toList();
    assertThat(since).hasSizeGreaterThan(1);
    for (long sequence : since) {
      publications
          .read(GENERATION, 0, sequence)
          .ifPresent(manifest -> assertThat(manifest.writer()).isEqualTo(taken.writer()));
    }
  }

  /** It fetches what the writers made, and makes nothing itself. */
  private void joinsWithinSeconds() throws Exception {
    ServiceProcess process = closer.register(startReplica("replica-2"));
    ApiClient third = closer.register(process.api());
    long begunNanos = System.nanoTime();
    awaitAnswer(third);
    Duration took = Duration.ofNanos(System.nanoTime() - begunNanos);
    System.out.printf("a third replica answers %d ms after it listens%n", took.toMillis());
    assertThat(took).isLessThan(JOINED_WITHIN);
    assertEqualsTopic(third);
    Set<Digest> published = new HashSet<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      for (long sequence : publications.sequences(GENERATION, shard)) {
        publications.read(GENERATION, shard, sequence).stream()
            .flatMap(manifest -> manifest.files().stream())
            .map(IndexFile::digest)
            .forEach(published::add);
      }
    }
    try (Stream<Path> cached = Files.walk(folder.resolve("replica-2/generation-" + GENERATION))) {
      List<Path> files = cached.filter(Files::isRegularFile).toList();
      assertThat(files).anyMatch(file -> file.toString().endsWith(".vex"));
      for (Path file : files) {
        assertThat(published).as("%s", file).contains(ObjectStore.digest(file));
      }
    }
  }

  private void answersFromThePast(ApiClient api) throws Exception {
    JsonNode before = search(api, Map.of("id", id(IMAGES - 1), "k", FOUND)).json();
    write(IMAGES, 20);
    await(api, "twenty more", ends());
    JsonNode past =
        search(
                api,
                Map.of(
                    "id", id(IMAGES - 1), "k", FOUND, "asOf", before.get("publication").asText()))
            .json();
    assertThat(past.get("hits")).isEqualTo(before.get("hits"));
    assertThat(past.get("publication")).isEqualTo(before.get("publication"));
    assertThat(past.get("positions")).isEqualTo(before.get("positions"));
  }

  /** Ends the stream, and compares what is published and answered with the topic. */
  private void assertEqualsTopic(ApiClient api) throws Exception {
    ending = true;
    LogContents log = LogContents.read(KAFKA.clients());
    await(api, "everything", log.end());
    Map<ImageId, Digest> expected = new HashMap<>();
    log.images().forEach((id, stored) -> expected.put(id, stored.digest()));
    try (ControlLog control =
        ControlLog.open(KAFKA.clients(), "test-control", Duration.ofSeconds(30))) {
      ControlState state = control.state();
      assertThat(state.live().orElseThrow().index().shards()).isEqualTo(SHARDS);
      assertThat(LiveContents.read(store, state)).isEqualTo(expected);
    }
    assertThat(api.get("/v1/status").json().at("/serving/images").asInt())
        .isEqualTo(expected.size());
    for (int shard = 0; shard < SHARDS; shard++) {
      Manifest newest = publications.latest(GENERATION, shard).orElseThrow();
      assertThat(newest.positions().byPartition().keySet())
          .containsExactlyElementsOf(partitions(shard));
      assertThat(newest.images()).isPositive();
    }
    assertThat(failures).isEmpty();
    assertThat(searches).hasPositiveValue();
  }

  private ServiceProcess indexer(String name, int ordinal) throws IOException {
    return ServiceProcess.start(name, "indexer", indexerSettings(name, ordinal), folder);
  }

  private Map<String, String> indexerSettings(String name, int ordinal) {
    Map<String, String> settings = new HashMap<>(bucket);
    settings.put("kafka.bootstrap-servers", KAFKA.clients().bootstrapServers());
    settings.put("indexer.path", folder.resolve(name).toString());
    settings.put("indexer.shards", Integer.toString(SHARDS));
    settings.put("indexer.shard-ordinal", Integer.toString(ordinal));
    settings.put("indexer.shard-processes", Integer.toString(SHARDS));
    settings.put("indexer.threads", "1");
    settings.put("indexer.commit-interval", "300ms");
    settings.put("indexer.rollout.session-timeout", "3s");
    settings.put("indexer.rollout.heartbeat", "300ms");
    settings.put("encoder.device", "cpu");
    return settings;
  }

  /** Starts one and waits until it answers. */
  private ApiClient replica(String name) throws IOException {
    ServiceProcess process = closer.register(startReplica(name));
    ApiClient api = closer.register(process.api());
    awaitAnswer(api);
    return api;
  }

  private static void awaitAnswer(ApiClient api) {
    Awaitility.await("an answer")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> api.get("/v1/status").json().at("/serving/images").asInt() > CHANGING);
  }

  private ServiceProcess startReplica(String name) throws IOException {
    Map<String, String> settings = new HashMap<>(bucket);
    settings.put("kafka.bootstrap-servers", KAFKA.clients().bootstrapServers());
    settings.put("search.cache", folder.resolve(name).toString());
    settings.put("search.poll-interval", "200ms");
    settings.put("search.heartbeat-interval", "300ms");
    settings.put("http.port", "0");
    settings.put("encoder.device", "cpu");
    return ServiceProcess.start(name, "search-api", settings, folder);
  }

  /** Images come and go, and replicas are asked, until the test ends. */
  private void stream(ApiClient... replicas) {
    background(this::changeImages);
    for (ApiClient replica : replicas) {
      background(() -> ask(replica));
    }
  }

  private void background(Runnable work) {
    Thread thread = Thread.ofVirtual().start(work);
    closer.register(
        () -> {
          ending = true;
          thread.join();
        });
  }

  private void changeImages() {
    try (Producer<byte[], byte[]> producer = KAFKA.clients().producer("test-stream")) {
      while (!ending) {
        int number = random.nextInt(CHANGING);
        ImageEvent event =
            random.nextInt(4) == 0 ? new ImageDeleted(new ImageId(id(number))) : stored(number);
        producer.send(ImageEventCodec.write(event)).get();
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
    } catch (Exception e) {
      failures.add("stream: " + e);
    }
  }

  /** Every answer finds everything that is near, in whichever shard it lies. */
  private void ask(ApiClient api) {
    Random choice = new Random(seed);
    while (!ending) {
      try {
        String id = id(CHANGING + choice.nextInt(IMAGES - CHANGING));
        Answer answer = search(api, Map.of("id", id, "k", FOUND));
        if (!answer.succeeded()) {
          failures.add(answer.problem());
          continue;
        }
        JsonNode found = answer.json();
        Set<Integer> shards = new HashSet<>();
        found
            .get("hits")
            .findValuesAsText("id")
            .forEach(
                hit -> shards.add(new ImageId(hit).partition(Topic.IMAGES.partitions()) % SHARDS));
        if (shards.size() < SHARDS
            || !found.get("publication").asText().matches("\\d+,\\d+")
            || found.get("positions").size() < Topic.IMAGES.partitions()) {
          failures.add("not of all shards: " + found);
        }
        searches.incrementAndGet();
      } catch (Exception e) {
        failures.add("search: " + e);
      }
    }
  }

  private void write(int from, int count) throws Exception {
    try (Producer<byte[], byte[]> producer = KAFKA.clients().producer("test-images")) {
      List<Future<?>> sent = new ArrayList<>();
      for (int number = from; number < from + count; number++) {
        sent.add(producer.send(ImageEventCodec.write(stored(number))));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }

  private ImageStored stored(int number) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int at = 0; at < SIDE * SIDE; at++) {
      image.setRGB(at % SIDE, at / SIDE, random.nextInt(1 << 24));
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    Accepted accepted = (Accepted) intake.canonicalize(png.toByteArray());
    return new ImageStored(new ImageId(id(number)), accepted.image(), Metadata.NONE, Map.of());
  }

  private static String id(int number) {
    return "image-" + number;
  }

  private static Answer search(ApiClient api, Map<String, ?> body) throws Exception {
    return api.post("/v1/search", body, Duration.ofSeconds(30));
  }

  private static void await(ApiClient api, String what, Positions wanted) {
    Awaitility.await(what + " is searchable")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> positions(api).reaches(wanted));
  }

  private static Positions positions(ApiClient api) throws Exception {
    JsonNode status = api.get("/v1/status").json();
    return Json.mapper().treeToValue(status.at("/serving/positions"), Positions.class);
  }

  private static Positions ends() throws Exception {
    try (Admin admin = KAFKA.clients().admin("test-ends")) {
      return new Topics(admin).ends(Topic.IMAGES.name(), Topic.IMAGES.partitions());
    }
  }

  private static List<Integer> partitions(int shard) {
    return IntStream.range(0, Topic.IMAGES.partitions())
        .filter(partition -> partition % SHARDS == shard)
        .boxed()
        .toList();
  }
}
