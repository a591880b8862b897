package infomax.events.control;

import infomax.events.Json;
import infomax.events.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The wire form of {@code control}: the key as UTF-8, the complete value as JSON. */
public final class ControlCodec {

  private ControlCodec() {}

  /** The record of a decision. */
  public static ProducerRecord<byte[], byte @Nullable []> write(ControlEvent event) {
    return new ProducerRecord<>(
        Topic.CONTROL.name(), 0, event.key().getBytes(StandardCharsets.UTF_8), Json.write(event));
  }

  /** The record that deletes a key. */
  public static ProducerRecord<byte[], byte @Nullable []> tombstone(String key) {
    return new ProducerRecord<>(
        Topic.CONTROL.name(), 0, key.getBytes(StandardCharsets.UTF_8), null);
  }

  /**
   * Reads the value of a key.
   *
   * @return empty if no type of decision has such a key
   * @throws IllegalArgumentException if the value is unreadable or says it belongs to another key
   */
  public static Optional<ControlEvent> read(String key, byte[] value) {
    Optional<ControlEvent> event = type(key).map(type -> Json.read(value, type));
    event.ifPresent(
        read -> {
          if (!read.key().equals(key)) {
            throw new IllegalArgumentException(
                "value under key " + key + " says it is " + read.key());
          }
        });
    return event;
  }

  private static Optional<Class<? extends ControlEvent>> type(String key) {
    if (key.startsWith(EncoderRelease.KEY_PREFIX)) {
      return Optional.of(EncoderRelease.class);
    }
    if (key.startsWith(IndexGeneration.KEY_PREFIX)) {
      return Optional.of(IndexGeneration.class);
    }
    if (key.startsWith(ControlRequest.KEY_PREFIX)) {
      return Optional.of(ControlRequest.class);
    }
    return switch (key) {
      case LiveAlias.KEY -> Optional.of(LiveAlias.class);
      case IndexingPause.KEY -> Optional.of(IndexingPause.class);
      default -> Optional.empty();
    };
  }
}
