package infomax.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.image.CanonicalImage;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.ingest.RunningIngest.Answer;
import infomax.ingest.rejected.DeadLetterLog;
import infomax.ingest.rejected.DeadLetterRoutes;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.testing.OpenApi;
import infomax.testing.TestingKafka;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dead letters are shown whole, sent again as they were, and forgotten. */
final class DeadLetterIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final OpenApi API = OpenApi.ofSources();
  private static final byte[] TEXT = "no image".getBytes(UTF_8);
  private static final byte[] JPEG = TestImages.canonicalJpeg(1);

  private final HttpClient client = HttpClient.newHttpClient();
  private Producer<byte[], byte[]> producer;
  private HttpServer server;

  @BeforeEach
  void start() {
    producer = KAFKA.clients().producer("test");
    DeadLetterLog letters =
        new DeadLetterLog(
            KAFKA.clients(), "test-letters", Duration.ofSeconds(20), InstantSource.system());
    server =
        HttpServer.start(
            0,
            new Health(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            List.of(new DeadLetterRoutes(letters)));
  }

  @AfterEach
  void stop() {
    producer.close();
    server.close();
    client.close();
  }

  @Test
  void aLetterIsShownWithItsOriginItsHeadersAndItsBytes() throws Exception {
    Token upload = new Token(Topic.UPLOADS.name(), 3, 7);
    long offset =
        sent(new DeadLetter(
                    new byte[] {'a', (byte) 0xfe},
                    TEXT,
                    "ingest",
                    new Rejection(RejectionReason.INVALID_ID, "a test"),
                    upload,
                    List.of(
                        new RecordHeader("metadata", "{\"label\":\"cat\"}".getBytes(UTF_8)),
                        new RecordHeader("binary", new byte[] {(byte) 0xff})))
                .write())
            .offset();
    Answer shown = send("GET", "/v1/rejected/" + offset);
    assertThat(shown.status()).as(shown.toString()).isEqualTo(200);
    assertThat(shown.body())
        .containsEntry("reason", "invalid_id")
        .containsEntry("stage", "ingest")
        .containsEntry("key", null)
        .containsEntry("keyBase64", "Yf4=")
        .containsEntry("id", null)
        .containsEntry("bytes", TEXT.length)
        .containsEntry("origin", place(upload));
    assertThat(shown.body().get("headers").toString())
        .contains("name=metadata, value={\"label\":\"cat\"}")
        .contains("name=binary, value=null, valueBase64=/w==")
        .doesNotContain("rejection-reason");
    HttpResponse<byte[]> content = content(offset);
    assertThat(content.body()).isEqualTo(TEXT);
    assertThat(content.headers().firstValue("Content-Type")).contains("application/octet-stream");
    assertThat(content.headers().firstValue("Content-Disposition").orElse(""))
        .startsWith("attachment");
    Answer absent = send("GET", "/v1/rejected/" + (offset + 100));
    assertThat(absent.status()).isEqualTo(404);
    assertThat(absent.code()).isEqualTo("letter_not_found");
    assertThat(send("GET", "/v1/rejected/newest").status()).isEqualTo(400);
  }

  @Test
  void aReplayIsTheUploadAsItWas() throws Exception {
    // As if what refused it has been mended since: the bytes are good.
    long offset = letter("a", JPEG, Instant.now(), "images.uploads");
    Answer replayed = replay(offset, "");
    assertThat(replayed.status()).as(replayed.toString()).isEqualTo(202);
    ConsumerRecord<byte[], byte[]> upload =
        TopicReader.readAll(KAFKA.clients(), Topic.UPLOADS).getFirst();
    assertThat(upload.key()).isEqualTo("a".getBytes(UTF_8));
    assertThat(upload.value()).isEqualTo(JPEG);
    assertThat(replayed.body().get("upload"))
        .isEqualTo(place(new Token(upload.topic(), upload.partition(), upload.offset())));
    assertThat(upload.headers().toArray())
        .extracting(header -> header.key())
        .containsExactly("metadata", "ce_source");
  }

  @Test
  void aReplayNeverUndoesWhatCameLaterUnlessItIsForced() throws Exception {
    Instant now = Instant.now();
    long written = letter("a", JPEG, now.minusSeconds(60), "images.uploads");
    long deleted = letter("b", JPEG, now.minusSeconds(60), "images.uploads");
    long earlier = letter("c", JPEG, now.plusSeconds(60), "images.uploads");
    long old = letter("d", JPEG, now.minus(Duration.ofDays(8)), "images.uploads");
    ImageId other = neighbour(new ImageId("b"));
    sent(stored("a"));
    sent(stored("c"));
    sent(ImageEventCodec.write(new ImageDeleted(other)));
    Token delete = sent(ImageEventCodec.write(new ImageDeleted(new ImageId("b"))));

    Answer overWrite = replay(written, "");
    assertThat(overWrite.status()).as(overWrite.toString()).isEqualTo(409);
    assertThat(overWrite.code()).isEqualTo("letter_outdated");
    assertThat(overWrite.body().get("detail").toString()).contains("was written since by images/");
    Answer overDelete = replay(deleted, "");
    assertThat(overDelete.code()).isEqualTo("letter_outdated");
    assertThat(overDelete.body().get("detail").toString()).contains("was deleted since");
    assertThat(overDelete.body().get("record")).isEqualTo(place(delete));
    assertThat(replay(old, "").code()).isEqualTo("letter_too_old");
    assertThat(TopicReader.readAll(KAFKA.clients(), Topic.UPLOADS)).isEmpty();

    assertThat(replay(earlier, "").status()).isEqualTo(202);
    assertThat(replay(deleted, "?force=true").status()).isEqualTo(202);
    assertThat(TopicReader.readAll(KAFKA.clients(), Topic.UPLOADS)).hasSize(2);
  }

  @Test
  void aLetterOfTheIndexerIsOutdatedByAnyLaterRecordWhateverItsTime() throws Exception {
    ImageId id = new ImageId("a");
    ImageDeleted event = new ImageDeleted(id);
    Token first = sent(ImageEventCodec.write(event));
    long offset = letterOf(id.bytes(), JPEG, Instant.now().plusSeconds(600), first);
    assertThat(replay(offset, "").status()).isEqualTo(202);
    sent(ImageEventCodec.write(event));
    assertThat(replay(offset, "").code()).isEqualTo("letter_outdated");
  }

  @Test
  void aLetterWithoutBytesIsNotReplayedAsADeleteNorOneForAPageOfAnotherSite() throws Exception {
    long whole = letter("a", JPEG, Instant.now(), "images.uploads");
    Answer foreign =
        send("POST", "/v1/rejected/" + whole + "/replay", "Origin", "https://example.org");
    assertThat(foreign.status()).isEqualTo(403);
    long offset = letter("a", null, Instant.now(), "images.uploads");
    assertThat(replay(offset, "?force=true").code()).isEqualTo("nothing_to_replay");
    assertThat(content(offset).statusCode()).isEqualTo(404);
  }

  @Test
  void lettersAreForgottenUpToAnOffsetOrATime() throws Exception {
    Instant now = Instant.now();
    letter("a", TEXT, now.minusSeconds(300), "images.uploads");
    long second = letter("b", TEXT, now.minusSeconds(200), "images.uploads");
    long third = letter("c", TEXT, now.minusSeconds(100), "images.uploads");
    assertThat(purge("" + second).body()).containsEntry("before", 1).containsEntry("offsets", 1);
    assertThat(purge("" + second).body()).containsEntry("offsets", 0);
    assertThat(letters()).extracting(ConsumerRecord::offset).containsExactly(second, third);
    assertThat(purge(now.minusSeconds(150).toString()).body()).containsEntry("before", 2);
    assertThat(letters()).extracting(ConsumerRecord::offset).containsExactly(third);
    assertThat(purge(now.plusSeconds(1).toString()).body()).containsEntry("before", 3);
    assertThat(TopicReader.readAll(KAFKA.clients(), Topic.REJECTED)).isEmpty();
    assertThat(purge("9000").status()).isEqualTo(400);
    assertThat(purge("yesterday").status()).isEqualTo(400);
    assertThat(purge("1969-01-01T00:00:00Z").status()).isEqualTo(400);
    assertThat(purge("+999999999-01-01T00:00:00Z").status()).isEqualTo(400);
    assertThat(send("DELETE", "/v1/rejected").status()).isEqualTo(400);
  }

  private Answer replay(long offset, String query) throws Exception {
    return send("POST", "/v1/rejected/" + offset + "/replay" + query);
  }

  private Answer purge(String before) throws Exception {
    return send("DELETE", "/v1/rejected?before=" + RunningIngest.encoded(before));
  }

  private HttpResponse<byte[]> content(long offset) throws Exception {
    String target = "/v1/rejected/" + offset + "/content";
    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(address(target)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    API.check("GET", target, answer);
    return answer;
  }

  @SuppressWarnings("unchecked")
  private Answer send(String method, String target, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(target)).method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    API.check(method, target, answer);
    return new Answer(answer.statusCode(), Json.read(answer.body(), Map.class));
  }

  private URI address(String target) {
    return URI.create("http://127.0.0.1:" + server.port() + target);
  }

  private static ProducerRecord<byte[], byte[]> stored(String id) {
    return ImageEventCodec.write(
        new ImageStored(
            new ImageId(id), CanonicalImage.of(ImageFormat.JPEG, JPEG), Metadata.NONE, Map.of()));
  }

  /** Another image of the same partition. */
  private static ImageId neighbour(ImageId id) {
    for (int number = 0; ; number++) {
      ImageId other = new ImageId("n" + number);
      if (other.partition(12) == id.partition(12)) {
        return other;
      }
    }
  }

  private long letter(String key, byte[] value, Instant at, String origin) throws Exception {
    return letterOf(key.getBytes(UTF_8), value, at, new Token(origin, 0, 7));
  }

  private long letterOf(byte[] key, byte[] value, Instant at, Token origin) throws Exception {
    ProducerRecord<byte[], byte[]> letter =
        new DeadLetter(
                key,
                value,
                "ingest",
                new Rejection(RejectionReason.UNDECODABLE, "a test"),
                origin,
                List.of(
                    new RecordHeader("metadata", "{\"label\":\"cat\"}".getBytes(UTF_8)),
                    new RecordHeader("ce_source", "camera".getBytes(UTF_8))))
            .write();
    return sent(new ProducerRecord<>(
            letter.topic(), 0, at.toEpochMilli(), letter.key(), letter.value(), letter.headers()))
        .offset();
  }

  private Token sent(ProducerRecord<byte[], byte[]> record) throws Exception {
    RecordMetadata where = producer.send(record).get();
    return new Token(where.topic(), where.partition(), where.offset());
  }

  private static List<ConsumerRecord<byte[], byte[]>> letters() {
    return TopicReader.readAll(KAFKA.clients(), Topic.REJECTED);
  }

  private static Map<String, Object> place(Token token) {
    return Map.of(
        "topic", token.topic(), "partition", token.partition(), "offset", (int) token.offset());
  }
}
