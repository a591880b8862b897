package infomax.events.image;

import infomax.events.Token;
import infomax.events.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A refused record as it lies in {@code images.rejected}: the original key, bytes and headers, and
 * in further headers the stage, the reason and where the record came from. An original header that
 * has the name of one of these is not kept.
 *
 * @param key the original key, null if it had none
 * @param value the original bytes, null if it had none
 * @param stage the service that refused it, such as {@code ingest} or {@code indexer}
 * @param rejection why
 * @param origin the refused record
 * @param originHeaders the original headers, in their order; empty if it had none
 */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of a foreign record; never compared
public record DeadLetter(
    byte @Nullable [] key,
    byte @Nullable [] value,
    String stage,
    Rejection rejection,
    Token origin,
    List<Header> originHeaders) {

  private static final String STAGE = "rejection-stage";
  private static final String REASON = "rejection-reason";
  private static final String MESSAGE = "rejection-message";
  private static final String TOPIC = "origin-topic";
  private static final String PARTITION = "origin-partition";
  private static final String OFFSET = "origin-offset";
  private static final Set<String> OWN = Set.of(STAGE, REASON, MESSAGE, TOPIC, PARTITION, OFFSET);

  /** A letter about a record without headers. */
  public DeadLetter(
      byte @Nullable [] key,
      byte @Nullable [] value,
      String stage,
      Rejection rejection,
      Token origin) {
    this(key, value, stage, rejection, origin, List.of());
  }

  /** The record of this dead letter. */
  public ProducerRecord<byte @Nullable [], byte @Nullable []> write() {
    return new ProducerRecord<>(Topic.REJECTED.name(), null, key, value, headers());
  }

  /** The headers of this dead letter. */
  public Headers headers() {
    RecordHeaders headers = new RecordHeaders();
    withoutOurs(originHeaders).forEach(headers::add);
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
            Long.parseLong(text(headers, OFFSET))),
        withoutOurs(List.of(headers.toArray())));
  }

  private static List<Header> withoutOurs(List<Header> headers) {
    return headers.stream().filter(header -> !OWN.contains(header.key())).toList();
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null || header.value() == null) {
      throw new IllegalArgumentException("dead letter has no header " + name);
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
