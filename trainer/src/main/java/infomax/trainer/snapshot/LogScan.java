package infomax.trainer.snapshot;

import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the committed records of {@code images} from given offsets to given ends, once, with {@code
 * assign} and {@code seek}. Not thread-safe; closes its consumer.
 */
public final class LogScan implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration STALL_LIMIT = Duration.ofSeconds(60);
  private static final int FETCH_BYTES_MAX = 8 * 1024 * 1024;

  private final Consumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  private LogScan(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    this.consumer = consumer;
    this.partitions = partitions;
  }

  /** Opens a scan over all partitions of {@code images}. */
  public static LogScan open(KafkaClients clients, String clientId) {
    Consumer<byte[], byte[]> consumer = clients.consumer(clientId, FETCH_BYTES_MAX);
    List<TopicPartition> partitions = new ArrayList<>();
    for (PartitionInfo partition : consumer.partitionsFor(Topic.IMAGES.name())) {
      partitions.add(new TopicPartition(partition.topic(), partition.partition()));
    }
    consumer.assign(partitions);
    return new LogScan(consumer, partitions);
  }

  /** Takes one record. */
  @FunctionalInterface
  public interface Visitor {
    /** Called in offset order within a partition. */
    void visit(ConsumerRecord<byte[], byte[]> consumed) throws InterruptedException;
  }

  /** The committed ends now. */
  public Positions ends() {
    Positions ends = Positions.START;
    for (Map.Entry<TopicPartition, Long> end : consumer.endOffsets(partitions).entrySet()) {
      ends = ends.with(end.getKey().partition(), Position.of(end.getValue()));
    }
    return ends;
  }

  /**
   * Visits every committed record between {@code from} and {@code to}.
   *
   * @return {@code to}, with the leader epochs met on the way
   * @throws IllegalStateException if nothing comes for a minute
   */
  public Positions scan(Positions from, Positions to, Visitor visitor) throws InterruptedException {
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Set<TopicPartition> open = new HashSet<>();
    for (TopicPartition partition : partitions) {
      long begin = Math.max(from.offset(partition.partition()), begins.getOrDefault(partition, 0L));
      consumer.seek(partition, begin);
      if (begin < to.offset(partition.partition())) {
        open.add(partition);
      }
    }
    pauseAllBut(open);
    Positions reached = to;
    long stalledNanos = System.nanoTime();
    while (!open.isEmpty()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      for (ConsumerRecord<byte[], byte[]> consumed : records) {
        if (consumed.offset() < to.offset(consumed.partition())) {
          visitor.visit(consumed);
        }
      }
      reached = withEpochs(reached, records.nextOffsets());
      // A transaction marker moves the position without a record.
      if (open.removeIf(
          partition -> consumer.position(partition) >= to.offset(partition.partition()))) {
        pauseAllBut(open);
      } else if (!records.isEmpty()) {
        stalledNanos = System.nanoTime();
      } else if (System.nanoTime() - stalledNanos > STALL_LIMIT.toNanos()) {
        throw new IllegalStateException(
            "nothing came from %s for %d s, expected records up to %s"
                .formatted(open, STALL_LIMIT.toSeconds(), to.byPartition()));
      }
    }
    return reached;
  }

  @Override
  public void close() {
    consumer.close();
  }

  private void pauseAllBut(Set<TopicPartition> open) {
    Set<TopicPartition> paused = new HashSet<>(partitions);
    paused.removeAll(open);
    consumer.pause(paused);
    consumer.resume(open);
  }

  private static Positions withEpochs(
      Positions reached, Map<TopicPartition, OffsetAndMetadata> next) {
    Positions result = reached;
    for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : next.entrySet()) {
      int partition = entry.getKey().partition();
      if (entry.getValue().offset() == reached.offset(partition)) {
        result =
            result.with(
                partition,
                new Position(
                    entry.getValue().offset(),
                    entry.getValue().leaderEpoch().orElse(Position.NO_EPOCH)));
      }
    }
    return result;
  }
}
