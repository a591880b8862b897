package infomax.search.content;

import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;

/**
 * A few consumers that read single records of {@code images} by their position. Thread-safe: a
 * reader is lent to one thread at a time.
 */
public final class LogReaders implements AutoCloseable {

  /** A fetch brings at least one batch of records, and an image is a few KiB. */
  private static final int FETCH_BYTES_MAX = 64 * 1024;

  private final BlockingQueue<Consumer<byte[], byte[]>> idle;
  private final List<Consumer<byte[], byte[]>> all;

  private LogReaders(List<Consumer<byte[], byte[]>> all) {
    this.all = List.copyOf(all);
    this.idle = new ArrayBlockingQueue<>(all.size(), true, all);
  }

  /** Opens {@code count} readers. */
  public static LogReaders open(KafkaClients clients, String clientId, int count) {
    List<Consumer<byte[], byte[]>> consumers = new ArrayList<>();
    for (int ordinal = 0; ordinal < count; ordinal++) {
      consumers.add(clients.consumer(clientId + "-content-" + ordinal, FETCH_BYTES_MAX));
    }
    return new LogReaders(consumers);
  }

  /**
   * Reads one record.
   *
   * @return empty if the log has no record at that offset any more
   * @throws TimeoutException if no reader is free or the cluster does not answer in time
   */
  Optional<ConsumerRecord<byte[], byte[]>> read(int partition, long offset, Duration timeout)
      throws InterruptedException, TimeoutException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    Consumer<byte[], byte[]> reader = idle.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    if (reader == null) {
      throw new TimeoutException("no reader of the log was free within " + timeout);
    }
    try {
      return read(
          reader, new TopicPartition(Topic.IMAGES.name(), partition), offset, deadlineNanos);
    } finally {
      idle.add(reader);
    }
  }

  /** Waits for readers that are lent, then closes them all. */
  @Override
  public void close() {
    for (int closed = 0; closed < all.size(); closed++) {
      try {
        Consumer<byte[], byte[]> reader = idle.poll(5, TimeUnit.SECONDS);
        if (reader != null) {
          reader.close();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static Optional<ConsumerRecord<byte[], byte[]>> read(
      Consumer<byte[], byte[]> reader, TopicPartition partition, long offset, long deadlineNanos)
      throws TimeoutException {
    reader.assign(List.of(partition));
    reader.seek(partition, offset);
    try {
      while (true) {
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          throw new TimeoutException("the log did not answer in time");
        }
        for (ConsumerRecord<byte[], byte[]> consumed :
            reader.poll(Duration.ofMillis(leftMillis)).records(partition)) {
          if (consumed.offset() >= offset) {
            return consumed.offset() == offset ? Optional.of(consumed) : Optional.empty();
          }
        }
        if (reader.position(partition) > offset) {
          return Optional.empty();
        }
      }
    } catch (InvalidOffsetException e) {
      return Optional.empty();
    }
  }
}
