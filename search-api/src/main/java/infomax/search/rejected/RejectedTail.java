package infomax.search.rejected;

import infomax.events.Topic;
import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.RecordLoop;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code images.rejected} from its beginning, counts what it holds and keeps the newest
 * {@value #KEPT_MAX}; what is purged from the topic is dropped here too. Those written while it
 * follows are counted by stage and reason in {@code infomax_dead_letters_total}. Thread-safe;
 * listeners run on the follower's thread.
 */
public final class RejectedTail implements AutoCloseable, Check {

  /** Rejections kept. */
  public static final int KEPT_MAX = 100;

  private static final Logger LOG = LoggerFactory.getLogger(RejectedTail.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PURGED_LOOK = Duration.ofSeconds(2);

  private final Deque<RejectedImage> kept = new ArrayDeque<>();
  private final List<Consumer<RejectedImage>> listeners = new CopyOnWriteArrayList<>();
  private final DeadLetterMeters meters;
  private final RecordLoop loop;
  private long count;

  /** Offsets at the start, by partition; touched by the loop's thread alone. */
  private Map<TopicPartition, Long> newFrom = Map.of();

  private long nextLookNanos;

  private RejectedTail(KafkaClients clients, String clientId, MeterRegistry metrics) {
    this.meters = new DeadLetterMeters(metrics);
    List<TopicPartition> partitions =
        IntStream.range(0, Topic.REJECTED.partitions())
            .mapToObj(partition -> new TopicPartition(Topic.REJECTED.name(), partition))
            .toList();
    this.loop =
        RecordLoop.start(
            clientId + "-rejected",
            () -> {
              org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer =
                  clients.consumer(clientId + "-rejected", Topic.UPLOAD_BYTES_MAX);
              consumer.assign(partitions);
              consumer.seekToBeginning(partitions);
              return consumer;
            },
            consumer -> turn(consumer, partitions));
  }

  /** Starts following. */
  public static RejectedTail start(KafkaClients clients, String clientId, MeterRegistry metrics) {
    return new RejectedTail(clients, clientId, metrics);
  }

  /** Calls {@code listener} with every later rejection. */
  public void follow(Consumer<RejectedImage> listener) {
    listeners.add(listener);
  }

  /** The newest rejections, newest first. */
  public synchronized List<RejectedImage> newest() {
    List<RejectedImage> newest = new ArrayList<>(kept);
    Collections.reverse(newest);
    return newest;
  }

  /** Rejections read so far: those the topic held at the start and every later one. */
  public synchronized long count() {
    return count;
  }

  @Override
  public String name() {
    return loop.name();
  }

  @Override
  public CheckResult check() {
    return loop.check();
  }

  @Override
  public void close() {
    loop.close();
  }

  private void turn(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions) {
    try {
      if (newFrom.isEmpty()) {
        // What was there before is no news: counted, it would look like a burst at every start.
        newFrom = consumer.endOffsets(partitions);
      }
      dropPurged(consumer, partitions);
      for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(POLL)) {
        RejectedImage rejected = RejectedImage.of(consumed);
        add(rejected);
        TopicPartition partition = new TopicPartition(consumed.topic(), consumed.partition());
        if (consumed.offset() >= newFrom.getOrDefault(partition, 0L)) {
          meters.count(rejected);
        }
        listeners.forEach(listener -> listener.accept(rejected));
      }
    } catch (InvalidOffsetException e) {
      // The retention time of the topic has overtaken this reader; what is left is still shown.
      consumer.seekToBeginning(partitions);
    } catch (TimeoutException e) {
      LOG.debug("the broker is away; asked again", e);
    }
  }

  /** The topic has one partition, so one beginning. */
  private void dropPurged(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions) {
    long nowNanos = System.nanoTime();
    if (nextLookNanos != 0 && nowNanos - nextLookNanos < 0) {
      return;
    }
    nextLookNanos = nowNanos + PURGED_LOOK.toNanos();
    long begin = Collections.min(consumer.beginningOffsets(partitions).values());
    synchronized (this) {
      kept.removeIf(each -> each.offset() < begin);
    }
  }

  private synchronized void add(RejectedImage rejected) {
    count++;
    kept.addLast(rejected);
    if (kept.size() > KEPT_MAX) {
      kept.removeFirst();
    }
  }
}
