package infomax.ingest.uploads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.image.CanonicalImage;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.ImageFormat;
import infomax.events.image.MalformedRecordException;
import infomax.events.image.Metadata;
import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake;
import infomax.ingest.TestImages;
import infomax.ingest.intake.UploadCounters;
import infomax.ingest.intake.UploadIntake;
import infomax.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every upload becomes exactly one record: an image, a delete, or a dead letter with a reason. */
final class UploadsTopologyTest {

  private static final Instant AT = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final byte[] KEY = "cats/1 \u00e4".getBytes(UTF_8);

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> uploads;
  private TestOutputTopic<byte[], byte[]> images;
  private TestOutputTopic<byte[], byte[]> rejected;

  @BeforeEach
  void start() {
    Properties settings = new Properties();
    settings.putAll(UploadsStream.settings(new KafkaClients("127.0.0.1:1"), "test", 1));
    UploadIntake intake = new UploadIntake(ImageIntake.create(1), new UploadCounters(meters));
    driver = new TopologyTestDriver(UploadsTopology.of(intake), settings);
    ByteArraySerializer asBytes = new ByteArraySerializer();
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    uploads = driver.createInputTopic(Topic.UPLOADS.name(), asBytes, asBytes);
    images = driver.createOutputTopic(Topic.IMAGES.name(), bytes, bytes);
    rejected = driver.createOutputTopic(Topic.REJECTED.name(), bytes, bytes);
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void anUploadBecomesAnImageWithItsTimeAndItsHeaders() throws Exception {
    byte[] jpeg = TestImages.canonicalJpeg(1);
    RecordHeaders headers = new RecordHeaders();
    headers.add("metadata", "{\"label\":\"cat\",\"size\":3}".getBytes(UTF_8));
    headers.add("ce_source", "camera".getBytes(UTF_8));
    headers.add("traceparent", "00-1-2-01".getBytes(UTF_8));
    headers.add("content-type", "text/plain".getBytes(UTF_8));
    headers.add("secret", "stays".getBytes(UTF_8));
    uploads.pipeInput(new TestRecord<>(KEY, jpeg, headers, AT));
    TestRecord<byte[], byte[]> written = images.readRecord();
    assertThat(written.getRecordTime()).isEqualTo(AT);
    assertThat(event(written))
        .isEqualTo(
            new ImageStored(
                ImageId.of(KEY),
                CanonicalImage.of(ImageFormat.JPEG, jpeg),
                Metadata.of(Map.of("label", "cat", "size", 3)),
                Map.of("ce_source", "camera", "traceparent", "00-1-2-01")));
    assertThat(written.headers().lastHeader("secret")).isNull();
    assertThat(rejected.isEmpty()).isTrue();
  }

  @Test
  void withoutAKeyTheContentIsTheId() throws Exception {
    byte[] png = TestImages.largePng(2);
    uploads.pipeInput(new TestRecord<>(null, png));
    uploads.pipeInput(new TestRecord<>(null, png));
    ImageEvent first = event(images.readRecord());
    assertThat(first.id()).isEqualTo(ImageId.ofContent(Digest.of(png)));
    assertThat(event(images.readRecord())).isEqualTo(first);
    assertThat(((ImageStored) first).image().format()).isEqualTo(ImageFormat.JPEG);
  }

  @Test
  void aNullValueDeletes() throws Exception {
    uploads.pipeInput(new TestRecord<>(KEY, null, new RecordHeaders(), AT));
    TestRecord<byte[], byte[]> written = images.readRecord();
    assertThat(written.value()).isNull();
    assertThat(written.getRecordTime()).isEqualTo(AT);
    assertThat(event(written)).isEqualTo(new ImageDeleted(ImageId.of(KEY)));
  }

  @Test
  void badUploadsBecomeDeadLettersThatSayWhereTheyCameFrom() {
    byte[] text = "not an image".getBytes(UTF_8);
    uploads.pipeInput(new TestRecord<>(KEY, TestImages.canonicalJpeg(3)));
    uploads.pipeInput(new TestRecord<>(KEY, text));
    DeadLetter letter = deadLetter();
    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(letter.value()).isEqualTo(text);
    assertThat(letter.stage()).isEqualTo("ingest");
    assertThat(letter.rejection().reason()).isEqualTo(RejectionReason.UNSUPPORTED_FORMAT);
    assertThat(letter.origin()).isEqualTo(new Token(Topic.UPLOADS.name(), 0, 1));
  }

  @Test
  void everyKindOfBadUploadHasItsReason() {
    byte[] jpeg = TestImages.canonicalJpeg(4);
    assertRejected(KEY, new byte[0], Map.of(), RejectionReason.EMPTY);
    assertRejected(KEY, TestImages.cutOffJpeg(), Map.of(), RejectionReason.UNDECODABLE);
    assertRejected(
        KEY, new byte[ImageIntake.BYTES_MAX + 1], Map.of(), RejectionReason.TOO_MANY_BYTES);
    assertRejected(null, null, Map.of(), RejectionReason.INVALID_ID);
    assertRejected(new byte[0], jpeg, Map.of(), RejectionReason.INVALID_ID);
    assertRejected(new byte[513], jpeg, Map.of(), RejectionReason.INVALID_ID);
    assertRejected(new byte[] {(byte) 0xff}, jpeg, Map.of(), RejectionReason.INVALID_ID);
    assertRejected(new byte[] {(byte) 0xff}, null, Map.of(), RejectionReason.INVALID_ID);
    for (String json :
        List.of("", "[]", "null", "{\"a\":{}}", "{\"_a\":1}", "{\"A\":1}", "{\"a\":[1]}", "{")) {
      assertRejected(KEY, jpeg, Map.of("metadata", json), RejectionReason.INVALID_METADATA);
    }
    assertRejected(
        KEY,
        jpeg,
        Map.of("metadata", "{\"a\":\"" + "x".repeat(17_000) + "\"}"),
        RejectionReason.INVALID_METADATA);
    assertRejected(
        KEY, jpeg, Map.of("ce_subject", "x".repeat(17_000)), RejectionReason.INVALID_METADATA);
    assertThat(
            meters
                .get("infomax.ingest.uploads")
                .tags("source", "kafka", "outcome", "rejected", "reason", "invalid_id")
                .timer()
                .count())
        .isEqualTo(5);
  }

  @Test
  void aDeadLetterNeverGrowsTooLargeToBeWritten() {
    int almost = Topic.UPLOAD_BYTES_MAX - 200;
    uploads.pipeInput(new TestRecord<>(KEY, new byte[almost]));
    DeadLetter letter = deadLetter();
    assertThat(letter.value()).isNull();
    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(letter.rejection().message())
        .contains(almost + " bytes (SHA-256 " + Digest.of(new byte[almost]).hex() + ")")
        .contains("too many to be kept");
    uploads.pipeInput(new TestRecord<>(new byte[almost], new byte[0]));
    assertThat(deadLetter().key()).isNull();
  }

  private void assertRejected(
      byte[] key, byte[] value, Map<String, String> headers, RejectionReason reason) {
    RecordHeaders recordHeaders = new RecordHeaders();
    headers.forEach((name, text) -> recordHeaders.add(name, text.getBytes(UTF_8)));
    uploads.pipeInput(new TestRecord<>(key, value, recordHeaders, AT));
    assertThat(images.isEmpty()).isTrue();
    DeadLetter letter = deadLetter();
    assertThat(letter.rejection().reason()).as("%s %s", headers, reason).isEqualTo(reason);
    assertThat(letter.rejection().message()).hasSizeLessThan(600);
    assertThat(letter.key()).isEqualTo(key);
    assertThat(letter.value()).isEqualTo(value);
  }

  private DeadLetter deadLetter() {
    return DeadLetter.read(consumed(rejected.readRecord(), Topic.REJECTED.name()));
  }

  private static ImageEvent event(TestRecord<byte[], byte[]> written)
      throws MalformedRecordException {
    return ImageEventCodec.read(consumed(written, Topic.IMAGES.name()));
  }

  private static ConsumerRecord<byte[], byte[]> consumed(
      TestRecord<byte[], byte[]> written, String topic) {
    ProducerRecord<byte[], byte[]> same =
        new ProducerRecord<>(topic, 0, written.key(), written.value(), written.headers());
    return new ConsumerRecord<>(
        topic,
        0,
        0,
        written.timestamp(),
        TimestampType.CREATE_TIME,
        0,
        0,
        same.key(),
        same.value(),
        same.headers(),
        java.util.Optional.empty());
  }
}
