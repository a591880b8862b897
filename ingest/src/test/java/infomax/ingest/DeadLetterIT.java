package infomax.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.ingest.RunningIngest.Answer;
import infomax.testing.TestingKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dead letters are shown whole, sent again as they were, and forgotten. */
final class DeadLetterIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final byte[] TEXT = "no image".getBytes(UTF_8);
  private static final byte[] JPEG = TestImages.canonicalJpeg(1);

  private RunningIngest ingest;
  private Producer<byte[], byte[]> producer;

  @BeforeEach
  void start() {
    ingest = RunningIngest.start(KAFKA.clients());
    producer = KAFKA.clients().producer("test");
  }

  @AfterEach
  void stop() {
    producer.close();
    ingest.close();
  }

  @Test
  void aLetterIsShownWithItsOriginItsHeadersAndItsBytes() throws Exception {
    RecordHeaders headers = new RecordHeaders();
    headers.add("metadata", "{\"label\":\"cat\"}".getBytes(UTF_8));
    headers.add("binary", new byte[] {(byte) 0xff});
    Token upload = upload(new byte[] {'a', (byte) 0xfe}, TEXT, headers);
    long offset = letters(1).getFirst().offset();
    Answer shown = ingest.send("GET", "/v1/rejected/" + offset, (byte[]) null);
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
    Answer absent = ingest.send("GET", "/v1/rejected/" + (offset + 100), (byte[]) null);
    assertThat(absent.status()).isEqualTo(404);
    assertThat(absent.code()).isEqualTo("letter_not_found");
    assertThat(ingest.send("GET", "/v1/rejected/newest", (byte[]) null).status()).isEqualTo(400);
  }

  @Test
  void aReplayIsTheUploadAsItWas() throws Exception {
    // As if what refused it has been mended since: the bytes are good.
    long offset = letter("a", JPEG, Instant.now(), "images.uploads");
    Answer replayed = replay(offset, "");
    assertThat(replayed.status()).as(replayed.toString()).isEqualTo(202);
    ImageStored stored = (ImageStored) ImageEventCodec.read(images(1).getFirst());
    assertThat(stored.id()).isEqualTo(new ImageId("a"));
    assertThat(stored.metadata().label()).contains("cat");
    assertThat(stored.passedThrough()).isEqualTo(Map.of("ce_source", "camera"));
    ConsumerRecord<byte[], byte[]> upload =
        TopicReader.readAll(KAFKA.clients(), Topic.UPLOADS).getFirst();
    assertThat(upload.value()).isEqualTo(JPEG);
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
    ingest.put("a", TestImages.canonicalJpeg(2), "");
    ingest.put("b", TestImages.canonicalJpeg(2), "");
    ingest.put("c", TestImages.canonicalJpeg(2), "");
    Answer delete = ingest.send("DELETE", "/v1/images/b", (byte[]) null);

    Answer overWrite = replay(written, "");
    assertThat(overWrite.status()).as(overWrite.toString()).isEqualTo(409);
    assertThat(overWrite.code()).isEqualTo("letter_outdated");
    assertThat(overWrite.body().get("detail").toString()).contains("was written since by images/");
    // The first later record is named; there may be more.
    Answer overDelete = replay(deleted, "");
    assertThat(overDelete.code()).isEqualTo("letter_outdated");
    assertThat(overDelete.body()).containsKey("record");
    assertThat(replay(old, "").code()).isEqualTo("letter_too_old");
    assertThat(TopicReader.readAll(KAFKA.clients(), Topic.UPLOADS)).isEmpty();

    assertThat(replay(earlier, "").status()).isEqualTo(202);
    assertThat(replay(deleted, "?force=true").status()).isEqualTo(202);
    List<ConsumerRecord<byte[], byte[]>> log = images(6);
    assertThat(log.stream().filter(each -> new String(each.key(), UTF_8).equals("b")))
        .last()
        .satisfies(
            last -> {
              assertThat(last.value()).isEqualTo(JPEG);
              assertThat(last.offset()).isGreaterThan(delete.offset());
            });
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
  void aLetterWithoutBytesIsNotReplayedAsADelete() throws Exception {
    long offset = letter("a", null, Instant.now(), "images.uploads");
    assertThat(replay(offset, "?force=true").code()).isEqualTo("nothing_to_replay");
    assertThat(content(offset).statusCode()).isEqualTo(404);
  }

  @Test
  void aPageOfAnotherSiteMayNotReplay() throws Exception {
    long offset = letter("a", JPEG, Instant.now(), "images.uploads");
    Answer refused =
        ingest.send(
            "POST",
            "/v1/rejected/" + offset + "/replay",
            (byte[]) null,
            "Origin",
            "https://example.org");
    assertThat(refused.status()).isEqualTo(403);
  }

  @Test
  void lettersAreForgottenUpToAnOffsetOrATime() throws Exception {
    Instant now = Instant.now();
    letter("a", TEXT, now.minusSeconds(300), "images.uploads");
    long second = letter("b", TEXT, now.minusSeconds(200), "images.uploads");
    long third = letter("c", TEXT, now.minusSeconds(100), "images.uploads");
    assertThat(purge("" + second).body()).containsEntry("before", 1).containsEntry("offsets", 1);
    assertThat(purge("" + second).body()).containsEntry("offsets", 0);
    assertThat(letters(2)).extracting(ConsumerRecord::offset).containsExactly(second, third);
    assertThat(purge(now.minusSeconds(150).toString()).body()).containsEntry("before", 2);
    assertThat(letters(1)).extracting(ConsumerRecord::offset).containsExactly(third);
    assertThat(purge(now.plusSeconds(1).toString()).body()).containsEntry("before", 3);
    assertThat(TopicReader.readAll(KAFKA.clients(), Topic.REJECTED)).isEmpty();
    assertThat(purge("9000").status()).isEqualTo(400);
    assertThat(purge("yesterday").status()).isEqualTo(400);
    assertThat(ingest.send("DELETE", "/v1/rejected", (byte[]) null).status()).isEqualTo(400);
  }

  private Answer replay(long offset, String query) throws Exception {
    return ingest.send("POST", "/v1/rejected/" + offset + "/replay" + query, (byte[]) null);
  }

  private Answer purge(String before) throws Exception {
    return ingest.send(
        "DELETE", "/v1/rejected?before=" + RunningIngest.encoded(before), (byte[]) null);
  }

  private HttpResponse<byte[]> content(long offset) throws Exception {
    URI address =
        URI.create("http://127.0.0.1:" + ingest.port() + "/v1/rejected/" + offset + "/content");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private Token upload(byte[] key, byte[] value, RecordHeaders headers) throws Exception {
    return sent(new ProducerRecord<>(Topic.UPLOADS.name(), 0, key, value, headers));
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

  private static List<ConsumerRecord<byte[], byte[]>> letters(int count) {
    return await(Topic.REJECTED, count);
  }

  private static List<ConsumerRecord<byte[], byte[]>> images(int count) {
    return await(Topic.IMAGES, count);
  }

  private static List<ConsumerRecord<byte[], byte[]>> await(Topic topic, int count) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> TopicReader.readAll(KAFKA.clients(), topic), read -> read.size() >= count);
  }

  private static Map<String, Object> place(Token token) {
    return Map.of(
        "topic", token.topic(), "partition", token.partition(), "offset", (int) token.offset());
  }
}
