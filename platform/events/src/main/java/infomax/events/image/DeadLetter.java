package infomax.events.image;

import infomax.events.Token;
import infomax.events.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A refused record as it lies in {@code images.rejected}: the original key and bytes, and in the
 * headers the stage, the reason and where the record came from.
 *
 * @param key the original key, null if it had none
 * @param value the original bytes, null if it had none
 * @param stage the service that refused it, such as {@code ingest} or {@code indexer}
 * @param rejection why
 * @param origin the refused record
 */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of a foreign record; never compared
public record DeadLetter(
    byte @Nullable [] key,
    byte @Nullable [] value,
    String stage,
    Rejection rejection,
    Token origin) {

  private static final String STAGE = "rejection-stage";
  private static final String REASON = "rejection-reason";
  private static final String MESSAGE = "rejection-message";
  private static final String TOPIC = "origin-topic";
  private static final String PARTITION = "origin-partition";
  private static final String OFFSET = "origin-offset";

  /** The record of this dead letter. */
  public ProducerRecord<byte @Nullable [], byte @Nullable []> write() {
    return new ProducerRecord<>(Topic.REJECTED.name(), null, key, value, headers());
  }

  /** The headers of this dead letter. */
  public Headers headers() {
    RecordHeaders headers = new RecordHeaders();
    Map.of(
            STAGE, stage,
            REASON, rejection.reason().code(),
            MESSAGE, rejection.message(),
            TOPIC, origin.topic(),
            PARTITION, Integer.toString(origin.partition()),
            OFFSET, Long.toString(origin.offset()))
        .forEach((name, text) -> headers.add(name, text.getBytes(StandardCharsets.UTF_8)));
    return headers;
  }

  /**
   * Reads a record of {@code images.rejected}.
   *
   * @throws IllegalArgumentException if a header is missing or malformed
   */
  public static DeadLetter read(ConsumerRecord<byte[], byte[]> consumed) {
    Headers headers = consumed.headers();
    return new DeadLetter(
        consumed.key(),
        consumed.value(),
        text(headers, STAGE),
        new Rejection(RejectionReason.ofCode(text(headers, REASON)), text(headers, MESSAGE)),
        new Token(
            text(headers, TOPIC),
            Integer.parseInt(text(headers, PARTITION)),
            Long.parseLong(text(headers, OFFSET))));
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null || header.value() == null) {
      throw new IllegalArgumentException("dead letter has no header " + name);
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
