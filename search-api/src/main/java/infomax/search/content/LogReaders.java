package infomax.search.content;

import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;

/**
 * A few consumers that read single records of {@code images} by their places. Thread-safe: a reader
 * is lent to one thread at a time.
 */
public final class LogReaders implements AutoCloseable {

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
      consumers.add(clients.scatteredReader(clientId + "-content-" + ordinal));
    }
    return new LogReaders(consumers);
  }

  /**
   * Where a record lies.
   *
   * @param partition partition of {@code images}
   * @param offset its offset
   */
  record Place(int partition, long offset) {}

  /** Sees the records that were found, on the caller's thread. */
  @FunctionalInterface
  interface Found {
    void record(ConsumerRecord<byte[], byte[]> consumed);
  }

  /** How many readers there are. */
  int count() {
    return all.size();
  }

  /**
   * Reads the records at {@code places}, as many at a time as the log gives. A place without a
   * record, because it was compacted away, is passed over.
   *
   * @throws TimeoutException if no reader is free or the cluster does not answer in time
   */
  void read(Collection<Place> places, Duration timeout, Found found)
      throws InterruptedException, TimeoutException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    Consumer<byte[], byte[]> reader = idle.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    if (reader == null) {
      throw new TimeoutException("no reader of the log was free within " + timeout);
    }
    try {
      read(reader, places, deadlineNanos, found);
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

  private static void read(
      Consumer<byte[], byte[]> reader, Collection<Place> places, long deadlineNanos, Found found)
      throws TimeoutException {
    Map<TopicPartition, SortedSet<Long>> wanted = byPartition(places);
    reader.assign(wanted.keySet());
    // A partition that stays assigned from the read before is still paused from its end.
    reader.resume(wanted.keySet());
    wanted.forEach((partition, offsets) -> reader.seek(partition, offsets.first()));
    while (!wanted.isEmpty()) {
      long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        throw new TimeoutException("the log did not answer in time");
      }
      try {
        ConsumerRecords<byte[], byte[]> records = reader.poll(Duration.ofMillis(leftMillis));
        for (Iterator<TopicPartition> each = wanted.keySet().iterator(); each.hasNext(); ) {
          TopicPartition partition = each.next();
          SortedSet<Long> offsets = wanted.get(partition);
          for (ConsumerRecord<byte[], byte[]> consumed : records.records(partition)) {
            if (offsets != null && offsets.remove(consumed.offset())) {
              found.record(consumed);
            }
          }
          if (offsets == null || goOn(reader, partition, offsets)) {
            each.remove();
            reader.pause(List.of(partition));
          }
        }
      } catch (InvalidOffsetException e) {
        // Below the beginning of the log, or above its end: nothing is there.
        e.partitions().forEach(wanted::remove);
        reader.pause(e.partitions());
      }
    }
  }

  /** Moves on to the next wanted offset; true if there is none. */
  private static boolean goOn(
      Consumer<byte[], byte[]> reader, TopicPartition partition, SortedSet<Long> offsets) {
    long position = reader.position(partition);
    // What lies below the position by now was passed over, so it is not there any more.
    offsets.headSet(position).clear();
    if (offsets.isEmpty()) {
      return true;
    }
    if (offsets.first() > position) {
      reader.seek(partition, offsets.first());
    }
    return false;
  }

  private static Map<TopicPartition, SortedSet<Long>> byPartition(Collection<Place> places) {
    Map<TopicPartition, SortedSet<Long>> wanted =
        new TreeMap<>(java.util.Comparator.comparingInt(TopicPartition::partition));
    for (Place place : places) {
      wanted
          .computeIfAbsent(
              new TopicPartition(Topic.IMAGES.name(), place.partition()), _ -> new TreeSet<>())
          .add(place.offset());
    }
    return wanted;
  }
}
