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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * An independent reading of the topic {@code images} from its beginning to a target, committed
 * records only: what every index at these positions has to hold. Reads a few partitions at a time,
 * which bounds memory to the ids of those. Not thread-safe; an interrupt ends it.
 */
final class LogScan implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
  private static final int FETCH_BYTES_MAX = 8 * 1024 * 1024;

  /** About 50 MB of ids, if every record has another one. */
  private static final long GROUP_OFFSETS_MAX = 250_000;

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
   * Partitions in groups that may be read at once. Every change of partitions waits for the long
   * poll of the ones before, so a short log is one group.
   */
  List<List<Integer>> groups(int partitions) {
    List<List<Integer>> groups = new ArrayList<>();
    long offsets = Long.MAX_VALUE;
    for (int partition = 0; partition < partitions; partition++) {
      if (offsets > GROUP_OFFSETS_MAX - target.offset(partition)) {
        groups.add(new ArrayList<>());
        offsets = 0;
      }
      groups.getLast().add(partition);
      offsets += target.offset(partition);
    }
    return groups;
  }

  /**
   * The newest record of every id that is well-formed and no delete: by partition, id to offset.
   *
   * @throws VerificationUnavailableException if the log ends before the target
   */
  Map<Integer, Map<ImageId, Long>> newest(List<Integer> partitions)
      throws VerificationUnavailableException {
    Map<Integer, Map<ImageId, Long>> newest = new TreeMap<>();
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (int partition : partitions) {
      newest.put(partition, new HashMap<>());
      ends.put(new TopicPartition(Topic.IMAGES.name(), partition), target.offset(partition));
    }
    consumer.assign(ends.keySet());
    consumer.seekToBeginning(ends.keySet());
    read(ends, consumed -> apply(newest.getOrDefault(consumed.partition(), Map.of()), consumed));
    return newest;
  }

  /**
   * Visits the stored images at these offsets of a partition, in order; one that is gone is left
   * out.
   */
  void visit(int partition, SortedSet<Long> offsets, BiConsumer<Long, ImageStored> visitor)
      throws VerificationUnavailableException {
    if (offsets.isEmpty()) {
      return;
    }
    TopicPartition topicPartition = new TopicPartition(Topic.IMAGES.name(), partition);
    consumer.assign(List.of(topicPartition));
    consumer.seek(topicPartition, offsets.first());
    read(
        new HashMap<>(Map.of(topicPartition, offsets.last() + 1)),
        consumed -> {
          if (offsets.contains(consumed.offset())
              && event(consumed).orElse(null) instanceof ImageStored stored) {
            visitor.accept(consumed.offset(), stored);
          }
        });
  }

  /** Reads what is assigned up to these ends, which are used up on the way. */
  private void read(
      Map<TopicPartition, Long> ends,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> visitor)
      throws VerificationUnavailableException {
    Map<TopicPartition, Long> last = consumer.endOffsets(ends.keySet());
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (last.getOrDefault(end.getKey(), 0L) < end.getValue()) {
        throw new VerificationUnavailableException(
            end.getKey() + " ends at " + last.get(end.getKey()) + ", expected " + end.getValue());
      }
    }
    long silentSinceNanos = System.nanoTime();
    // A partition that stays assigned stays paused from the reading before.
    consumer.resume(ends.keySet());
    pauseRead(ends);
    while (!ends.isEmpty()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      for (ConsumerRecord<byte[], byte[]> consumed : records) {
        TopicPartition from = new TopicPartition(consumed.topic(), consumed.partition());
        if (consumed.offset() < ends.getOrDefault(from, 0L)) {
          visitor.accept(consumed);
        }
      }
      if (pauseRead(ends) || !records.isEmpty()) {
        silentSinceNanos = System.nanoTime();
      } else if (System.nanoTime() - silentSinceNanos > SILENCE_MAX.toNanos()) {
        throw new VerificationUnavailableException("images stays silent before " + ends);
      }
    }
  }

  /** Pauses and forgets the partitions that are read to their ends; true if there are any. */
  private boolean pauseRead(Map<TopicPartition, Long> ends) {
    List<TopicPartition> done =
        ends.entrySet().stream()
            .filter(end -> end.getValue() == 0 || consumer.position(end.getKey()) >= end.getValue())
            .map(Map.Entry::getKey)
            .toList();
    consumer.pause(done);
    done.forEach(ends::remove);
    return !done.isEmpty();
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
