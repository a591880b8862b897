package infomax.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Topic;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.RejectionReason;
import infomax.testing.TestingKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The topology on a real broker: each upload leads to exactly one record. */
final class UploadsIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private final List<Future<RecordMetadata>> sent = new ArrayList<>();

  @BeforeEach
  void forget() {
    sent.clear();
  }

  @Test
  void uploadsBecomeImagesAndBadOnesStopNothing() throws Exception {
    byte[] large = TestImages.tenMebibytes();
    try (RunningIngest ingest = RunningIngest.start(KAFKA.clients());
        Producer<byte[], byte[]> producer = KAFKA.clients().producer("camera")) {
      upload(producer, "good", TestImages.canonicalJpeg(1));
      upload(producer, "text", "not an image".getBytes(UTF_8));
      upload(producer, "cut off", TestImages.cutOffJpeg());
      upload(producer, "too many", new byte[11 * 1024 * 1024]);
      upload(producer, "large", large);
      upload(producer, null, TestImages.largePng(1));
      upload(producer, "good", null);
      upload(producer, null, null);
      upload(producer, "last", TestImages.canonicalJpeg(2));
      awaitSent();
      awaitRecords(Topic.IMAGES, 5);
      Map<String, ImageEvent> images = new HashMap<>();
      for (ConsumerRecord<byte[], byte[]> written : awaitRecords(Topic.IMAGES, 5)) {
        ImageEvent event = ImageEventCodec.read(written);
        images.put(event.id().value(), event);
      }
      assertThat(images)
          .containsOnlyKeys(
              "good",
              "large",
              "last",
              ImageId.ofContent(Digest.of(TestImages.largePng(1))).value());
      assertThat(images.get("good")).isInstanceOf(ImageEvent.ImageDeleted.class);
      Map<String, RejectionReason> rejected = new TreeMap<>();
      for (ConsumerRecord<byte[], byte[]> record : awaitRecords(Topic.REJECTED, 4)) {
        DeadLetter letter = DeadLetter.read(record);
        rejected.put(
            letter.key() == null ? "-" : new String(letter.key(), UTF_8),
            letter.rejection().reason());
        assertThat(letter.origin().topic()).isEqualTo(Topic.UPLOADS.name());
      }
      assertThat(rejected)
          .isEqualTo(
              Map.of(
                  "text", RejectionReason.UNSUPPORTED_FORMAT,
                  "cut off", RejectionReason.UNDECODABLE,
                  "too many", RejectionReason.TOO_MANY_BYTES,
                  "-", RejectionReason.INVALID_ID));
      ingest.awaitReady();
      assertThat(ingest.metrics()).contains("source=\"kafka\"");
    }
  }

  @Test
  void killingTheBrokerLosesAndDoublesNothing() throws Exception {
    long seed = Long.getLong("infomax.seed", System.nanoTime());
    System.out.println("seed of UploadsIT: " + seed);
    int count = 3_000;
    int killAt = 500 + new Random(seed).nextInt(2_000);
    try (RunningIngest ingest = RunningIngest.start(KAFKA.clients());
        Producer<byte[], byte[]> producer = KAFKA.clients().producer("camera")) {
      ingest.awaitReady();
      for (int number = 0; number < count; number++) {
        upload(producer, "id-" + number, TestImages.canonicalJpeg(number));
        if (number == killAt) {
          awaitRecords(Topic.IMAGES, 1);
          KAFKA.broker().kill();
          KAFKA.broker().restart();
        }
      }
      awaitSent();
      // What the producer had to send again after the kill may lie in images.uploads twice; ingest
      // itself must add nothing to that and lose nothing of it.
      Map<String, Integer> uploaded = TopicReader.timesByKey(KAFKA.clients(), Topic.UPLOADS);
      assertThat(uploaded).hasSize(count);
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(
              () ->
                  assertThat(TopicReader.timesByKey(KAFKA.clients(), Topic.IMAGES))
                      .isEqualTo(uploaded));
      for (ConsumerRecord<byte[], byte[]> written : awaitRecords(Topic.IMAGES, count)) {
        ImageStored stored = (ImageStored) ImageEventCodec.read(written);
        int number = Integer.parseInt(stored.id().value().substring(3));
        assertThat(stored.image().bytes()).isEqualTo(TestImages.canonicalJpeg(number));
      }
    }
  }

  @Test
  void aRestartedServiceContinuesWhereItStopped() throws Exception {
    int count = 400;
    try (Producer<byte[], byte[]> producer = KAFKA.clients().producer("camera")) {
      try (RunningIngest ingest = RunningIngest.start(KAFKA.clients())) {
        for (int number = 0; number < count; number++) {
          upload(producer, "id-" + number, TestImages.canonicalJpeg(number));
        }
        awaitRecords(Topic.IMAGES, 1);
      }
      for (int number = count; number < 2 * count; number++) {
        upload(producer, "id-" + number, TestImages.canonicalJpeg(number));
      }
      awaitSent();
      try (RunningIngest ingest = RunningIngest.start(KAFKA.clients())) {
        assertThat(awaitRecords(Topic.IMAGES, 2 * count)).hasSize(2 * count);
        ingest.awaitReady();
      }
    }
  }

  private void upload(Producer<byte[], byte[]> producer, String key, byte[] value) {
    sent.add(
        producer.send(
            new ProducerRecord<>(
                Topic.UPLOADS.name(), key == null ? null : key.getBytes(UTF_8), value)));
  }

  private void awaitSent() throws Exception {
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> awaitRecords(Topic topic, int count) {
    List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              read.clear();
              read.addAll(TopicReader.readAll(KAFKA.clients(), topic));
              return read.size() >= count;
            });
    return read;
  }
}
