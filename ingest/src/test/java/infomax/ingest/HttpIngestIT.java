package infomax.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.image.CanonicalImage;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.events.signal.Signal.LoadedGeneration;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.ingest.RunningIngest.Answer;
import infomax.runtime.signal.SignalSender;
import infomax.testing.TestingKafka;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Uploads by HTTP, read back by an independent consumer. */
final class HttpIngestIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final byte[] JPEG = TestImages.canonicalJpeg(1);

  private RunningIngest ingest;

  @BeforeEach
  void start() {
    ingest = RunningIngest.start(KAFKA.clients());
  }

  @AfterEach
  void stop() {
    ingest.close();
  }

  @Test
  void putAndDeleteAreAcknowledgedRecords() throws Exception {
    ImageId id = new ImageId("caf\u00e9/cat 1%2F?#+.jpg");
    Answer put =
        ingest.put(
            id.value(),
            JPEG,
            "?metadata=" + RunningIngest.encoded("{\"label\":\"k\u00e4tzchen\"}"),
            "ce-source",
            "camera",
            "traceparent",
            "00-1-2-01");
    assertThat(put.status()).as(put.toString()).isEqualTo(202);
    assertThat(put.body()).containsEntry("id", id.value()).doesNotContainKey("outcome");
    Answer delete =
        ingest.send("DELETE", "/v1/images/" + RunningIngest.encoded(id.value()), (byte[]) null);
    assertThat(delete.status()).isEqualTo(202);
    List<ConsumerRecord<byte[], byte[]>> log = TopicReader.readAll(KAFKA.clients(), Topic.IMAGES);
    assertThat(log).hasSize(2);
    assertThat(ImageEventCodec.read(log.get(0)))
        .isEqualTo(
            new ImageStored(
                id,
                CanonicalImage.of(ImageFormat.JPEG, JPEG),
                Metadata.of(Map.of("label", "k\u00e4tzchen")),
                Map.of("ce_source", "camera", "traceparent", "00-1-2-01")));
    assertThat(ImageEventCodec.read(log.get(1))).isEqualTo(new ImageDeleted(id));
    assertThat(token(put)).isEqualTo(place(log.get(0)));
    assertThat(token(delete)).isEqualTo(place(log.get(1)));
    assertThat(log.get(0).partition()).isEqualTo(id.partition(Topic.IMAGES.partitions()));
  }

  @Test
  void aPostedImageIsNamedByItsContent() throws Exception {
    Answer first =
        ingest.send("POST", "/v1/images", JPEG, "metadata", "{\"label\":\"k\\u00e4tzchen\"}");
    Answer second = ingest.send("POST", "/v1/images", JPEG);
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.body().get("id"))
        .isEqualTo(ImageId.ofContent(Digest.of(JPEG)).value())
        .isEqualTo(second.body().get("id"));
    ImageEvent stored =
        ImageEventCodec.read(TopicReader.readAll(KAFKA.clients(), Topic.IMAGES).getFirst());
    assertThat(((ImageStored) stored).metadata().label()).contains("k\u00e4tzchen");
  }

  @Test
  void badRequestsAreAnsweredWithACodeAndWriteNothing() throws Exception {
    byte[] bomb = JPEG.clone();
    for (int at = 0; at + 8 < bomb.length; at++) {
      if (bomb[at] == (byte) 0xff && bomb[at + 1] == (byte) 0xc0) {
        java.util.Arrays.fill(bomb, at + 5, at + 9, (byte) 0xff);
      }
    }
    assertProblem(ingest.send("POST", "/v1/images", new byte[0]), 400, "empty");
    // A page of another site can make a browser post; it says so.
    for (String path : List.of("/v1/images", "/v1/images/batch")) {
      assertProblem(
          ingest.send("POST", path, JPEG, "Origin", "https://elsewhere.example"),
          403,
          "foreign_origin");
    }
    assertProblem(ingest.put("a", "text".getBytes(UTF_8), ""), 415, "unsupported_format");
    assertProblem(ingest.put("a", TestImages.cutOffJpeg(), ""), 422, "undecodable");
    assertProblem(ingest.put("a", bomb, ""), 422, "too_many_pixels");
    assertProblem(ingest.put("x".repeat(513), JPEG, ""), 400, "invalid_id");
    assertProblem(ingest.put("a", JPEG, "?metadata=%5B%5D"), 400, "invalid_metadata");
    assertProblem(
        ingest.put("a", JPEG, "?metadata=%7B%7D", "metadata", "{}"), 400, "invalid_metadata");
    assertProblem(ingest.put("a", JPEG, "?wait=indexed"), 400, "invalid_parameter");
    assertProblem(ingest.put("a", JPEG, "?timeout=1s"), 400, "invalid_parameter");
    assertProblem(ingest.put("a", JPEG, "?wait=searchable&timeout=2h"), 400, "invalid_parameter");
    assertProblem(ingest.send("PATCH", "/v1/images/a", (byte[]) null), 405, "method_not_allowed");
    assertThat(TopicReader.readAll(KAFKA.clients(), Topic.IMAGES)).isEmpty();
    assertThat(ingest.metrics())
        .contains(
            "infomax_ingest_uploads_seconds_count{outcome=\"rejected\","
                + "reason=\"unsupported_format\",source=\"http\"} 1");
  }

  @Test
  void tenMebibytesAreTakenAndMoreAreNot() throws Exception {
    byte[] large = TestImages.tenMebibytes();
    assertThat(large.length).isBetween(10_400_000, 10 * 1024 * 1024);
    assertThat(ingest.put("large", large, "").status()).isEqualTo(202);
    assertProblem(ingest.put("larger", new byte[12 * 1024 * 1024], ""), 413, "too_many_bytes");
    byte[] unannounced = new byte[30 * 1024 * 1024];
    assertProblem(
        ingest.send(
            "PUT",
            "/v1/images/larger",
            java.net.http.HttpRequest.BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream(unannounced))),
        413,
        "too_many_bytes");
  }

  @Test
  void aWriteIsSearchableOnceEveryServingReplicaHasIt() throws Exception {
    try (Replica replica = new Replica()) {
      Answer pending = ingest.put("a", JPEG, "?wait=searchable&timeout=100ms");
      assertThat(pending.status()).isEqualTo(202);
      assertThat(pending.body()).containsEntry("outcome", "pending");
      CompletableFuture<Answer> waiting =
          CompletableFuture.supplyAsync(() -> put("a", "?wait=searchable&timeout=30s"));
      replica.reach(new ImageId("a").partition(12), pending.offset() + 2);
      Answer searchable = waiting.get(30, TimeUnit.SECONDS);
      assertThat(searchable.status()).isEqualTo(200);
      assertThat(searchable.body()).containsEntry("outcome", "searchable");
      assertThat(searchable.offset()).isEqualTo(pending.offset() + 1);
    }
  }

  @Test
  void aWriteThatWasFollowedByAnotherIsSuperseded() throws Exception {
    try (Replica replica = new Replica();
        Producer<byte[], byte[]> other = KAFKA.clients().producer("other")) {
      CompletableFuture<Answer> waiting =
          CompletableFuture.supplyAsync(() -> put("a", "?wait=searchable&timeout=30s"));
      awaitRecords(1);
      int partition = new ImageId("a").partition(12);
      ImageId neighbour = neighbour(partition);
      other.send(ImageEventCodec.write(new ImageDeleted(neighbour))).get();
      other.send(ImageEventCodec.write(new ImageDeleted(new ImageId("a")))).get();
      replica.reach(partition, 3);
      assertThat(waiting.get(30, TimeUnit.SECONDS).body()).containsEntry("outcome", "superseded");
    }
  }

  @Test
  void aWriteThatTheIndexerRefusesIsRejected() throws Exception {
    try (Replica replica = new Replica();
        Producer<byte[], byte[]> indexer = KAFKA.clients().producer("indexer")) {
      CompletableFuture<Answer> waiting =
          CompletableFuture.supplyAsync(() -> put("a", "?wait=searchable&timeout=30s"));
      ConsumerRecord<byte[], byte[]> written = awaitRecords(1).getFirst();
      Rejection rejection = new Rejection(RejectionReason.NOT_EMBEDDABLE, "no finite vector");
      indexer
          .send(
              new DeadLetter(written.key(), written.value(), "indexer", rejection, place(written))
                  .write())
          .get();
      replica.reach(written.partition(), 1);
      Answer rejected = waiting.get(30, TimeUnit.SECONDS);
      assertProblem(rejected, 422, "not_embeddable");
      assertThat(rejected.body()).containsEntry("outcome", "rejected").containsKey("token");
    }
  }

  private Answer put(String id, String query) {
    try {
      return ingest.put(id, JPEG, query);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> awaitRecords(int count) {
    AtomicReference<List<ConsumerRecord<byte[], byte[]>>> read = new AtomicReference<>(List.of());
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(30))
        .until(
            () -> {
              read.set(TopicReader.readAll(KAFKA.clients(), Topic.IMAGES));
              return read.get().size() >= count;
            });
    return read.get();
  }

  private static ImageId neighbour(int partition) {
    for (int number = 0; ; number++) {
      ImageId id = new ImageId("n" + number);
      if (id.partition(12) == partition) {
        return id;
      }
    }
  }

  private static Token place(ConsumerRecord<byte[], byte[]> written) {
    return new Token(written.topic(), written.partition(), written.offset());
  }

  private static Token token(Answer answer) {
    return Json.read(Json.write(answer.body().get("token")), Token.class);
  }

  private static void assertProblem(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.body()).containsKeys("type", "title", "status", "detail");
  }

  /** Reports, as a search replica does, where it is. */
  @SuppressWarnings("FutureReturnValueIgnored") // a lost report is followed by the next
  private static final class Replica implements AutoCloseable {

    private final SignalSender signals = new SignalSender(KAFKA.clients(), "replica");
    private final ScheduledExecutorService heartbeat = Executors.newScheduledThreadPool(1);
    private volatile Positions positions = Positions.START;

    Replica() {
      heartbeat.scheduleAtFixedRate(this::report, 0, 200, TimeUnit.MILLISECONDS);
    }

    void reach(int partition, long offset) {
      positions = Positions.ofOffsets(Map.of(partition, offset));
    }

    private void report() {
      signals.send(
          new ReplicaReported(
              Instant.now(), "replica", List.of(new LoadedGeneration(1, true, 1, positions))));
    }

    @Override
    public void close() {
      heartbeat.shutdownNow();
      signals.close();
    }
  }
}
