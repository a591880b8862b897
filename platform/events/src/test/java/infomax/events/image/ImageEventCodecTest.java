package infomax.events.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ImageEventCodecTest {

  private final ImageStored stored =
      new ImageStored(
          new ImageId("cat/1.jpg"),
          CanonicalImage.of(ImageFormat.JPEG, new byte[] {1, 2, 3}),
          Metadata.of(Map.of("label", "cat", "year", 2026, "tags", List.of("a", "b"), "ok", true)),
          Map.of("ce_source", "camera", "traceparent", "00-a-b-01"));

  @Test
  void anImageComesBackAsItWasWritten() throws Exception {
    assertThat(ImageEventCodec.read(consumed(ImageEventCodec.write(stored)))).isEqualTo(stored);
  }

  @Test
  void aDeleteIsANullValue() throws Exception {
    ImageDeleted deleted = new ImageDeleted(new ImageId("cat/1.jpg"));
    ProducerRecord<byte[], byte[]> written = ImageEventCodec.write(deleted);
    assertThat(written.value()).isNull();
    assertThat(ImageEventCodec.read(consumed(written))).isEqualTo(deleted);
  }

  @Test
  void aValueThatDoesNotHaveItsDigestIsRefused() {
    ProducerRecord<byte[], byte[]> written = ImageEventCodec.write(stored);
    ConsumerRecord<byte[], byte[]> changed =
        consumed(
            new ProducerRecord<>(
                "images", 0, written.key(), new byte[] {9}, List.of(written.headers().toArray())));
    assertThatThrownBy(() -> ImageEventCodec.read(changed))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("is not that of the value");
  }

  /** Found by the fuzzer. */
  @Test
  void aMetadataHeaderWithoutAValueIsNone() throws Exception {
    ConsumerRecord<byte[], byte[]> record = consumed(ImageEventCodec.write(stored));
    record.headers().remove(ImageEventCodec.METADATA);
    record.headers().add(ImageEventCodec.METADATA, null);
    assertThat(((ImageEvent.ImageStored) ImageEventCodec.read(record)).metadata())
        .isEqualTo(Metadata.NONE);
  }

  @Test
  void aRecordWithoutKeyOrContentTypeIsRefused() {
    assertThatThrownBy(
            () ->
                ImageEventCodec.read(
                    consumed(new ProducerRecord<>("images", 0, null, new byte[1]))))
        .hasMessageContaining("no key");
    assertThatThrownBy(
            () ->
                ImageEventCodec.read(
                    consumed(new ProducerRecord<>("images", 0, new byte[] {65}, new byte[1]))))
        .hasMessageContaining("content-type is null, expected image/jpeg or image/png");
  }

  @Test
  void aDeadLetterKeepsEverythingThatMatters() {
    DeadLetter letter =
        new DeadLetter(
            null,
            "text".getBytes(StandardCharsets.UTF_8),
            "ingest",
            new Rejection(RejectionReason.UNSUPPORTED_FORMAT, "leading bytes 74657874"),
            new Token("images.uploads", 3, 77),
            List.of(
                new RecordHeader("metadata", new byte[] {'{', '}'}),
                new RecordHeader("origin-offset", new byte[] {'9'})));
    DeadLetter read = DeadLetter.read(consumed(letter.write()));
    assertThat(read.stage()).isEqualTo("ingest");
    assertThat(read.rejection()).isEqualTo(letter.rejection());
    assertThat(read.origin()).isEqualTo(letter.origin());
    assertThat(read.value()).isEqualTo(letter.value());
    // A header of ours that an upload brought is not mistaken for the letter's own.
    assertThat(read.originHeaders()).containsExactly(letter.originHeaders().getFirst());
  }

  private static ConsumerRecord<byte[], byte[]> consumed(ProducerRecord<byte[], byte[]> produced) {
    Headers headers = produced.headers();
    return new ConsumerRecord<>(
        produced.topic(),
        Optional.ofNullable(produced.partition()).orElse(0),
        5,
        0,
        TimestampType.CREATE_TIME,
        0,
        0,
        produced.key(),
        produced.value(),
        headers,
        Optional.empty());
  }
}
