package infomax.indexer.rollout.verification;

import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * An independent reading of the topic {@code images} from its beginning to a target, committed
 * records only: what every index at these positions has to hold. Reads one partition at a time,
 * which bounds memory to the ids of one. Not thread-safe; an interrupt ends it.
 */
final class LogScan implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
  private static final int FETCH_BYTES_MAX = 8 * 1024 * 1024;

  private final Consumer<byte[], byte[]> consumer;
  private final Positions target;

  private LogScan(Consumer<byte[], byte[]> consumer, Positions target) {
    this.consumer = consumer;
    this.target = target;
  }

  /** A scan up to {@code target}, with a consumer of its own. */
  static LogScan open(KafkaClients clients, Positions target) {
    return new LogScan(clients.consumer("rollout-scan", FETCH_BYTES_MAX), target);
  }

  /**
   * The newest well-formed record of every id in a partition that is not deleted: id to offset.
   *
   * @throws VerificationUnavailableException if the log ends before the target
   */
  Map<ImageId, Long> partition(int partition) throws VerificationUnavailableException {
    Map<ImageId, Long> newest = new HashMap<>();
    long end = target.offset(partition);
    TopicPartition topicPartition = new TopicPartition(Topic.IMAGES.name(), partition);
    consumer.assign(List.of(topicPartition));
    long last = consumer.endOffsets(List.of(topicPartition)).getOrDefault(topicPartition, 0L);
    if (last < end) {
      throw new VerificationUnavailableException(
          "partition " + partition + " of images ends at " + last + ", expected " + end);
    }
    consumer.seekToBeginning(List.of(topicPartition));
    long silentSinceNanos = System.nanoTime();
    long position = consumer.position(topicPartition);
    while (position < end) {
      for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(POLL)) {
        if (consumed.offset() < end) {
          apply(newest, consumed);
        }
      }
      long next = consumer.position(topicPartition);
      if (next > position) {
        silentSinceNanos = System.nanoTime();
      } else if (System.nanoTime() - silentSinceNanos > SILENCE_MAX.toNanos()) {
        throw new VerificationUnavailableException(
            "partition " + partition + " of images stays silent at " + position + " of " + end);
      }
      position = next;
    }
    return newest;
  }

  /** The stored image at a position that {@link #partition} named; empty if it is gone by now. */
  Optional<ImageStored> read(int partition, long offset) {
    TopicPartition topicPartition = new TopicPartition(Topic.IMAGES.name(), partition);
    consumer.assign(List.of(topicPartition));
    consumer.seek(topicPartition, offset);
    long deadlineNanos = System.nanoTime() + SILENCE_MAX.toNanos();
    while (consumer.position(topicPartition) <= offset && System.nanoTime() < deadlineNanos) {
      for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(POLL)) {
        if (consumed.offset() == offset) {
          return event(consumed).filter(ImageStored.class::isInstance).map(ImageStored.class::cast);
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    consumer.close();
  }

  /** A record that is not well-formed removes its id, as a delete does. */
  private static void apply(Map<ImageId, Long> newest, ConsumerRecord<byte[], byte[]> consumed) {
    @Nullable ImageId id = id(consumed);
    if (id == null) {
      return;
    }
    if (event(consumed).filter(ImageStored.class::isInstance).isPresent()) {
      newest.put(id, consumed.offset());
    } else {
      newest.remove(id);
    }
  }

  private static Optional<ImageEvent> event(ConsumerRecord<byte[], byte[]> consumed) {
    try {
      return Optional.of(ImageEventCodec.read(consumed));
    } catch (MalformedRecordException e) {
      return Optional.empty();
    }
  }

  private static @Nullable ImageId id(ConsumerRecord<byte[], byte[]> consumed) {
    byte @Nullable [] key = consumed.key();
    if (key == null) {
      return null;
    }
    try {
      return ImageId.of(key);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
