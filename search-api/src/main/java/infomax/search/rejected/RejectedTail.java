package infomax.search.rejected;

import infomax.events.Topic;
import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.RecordLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;

/**
 * Follows {@code images.rejected} from its beginning, counts what it holds and keeps the newest
 * {@value #KEPT_MAX}. Thread-safe; listeners run on the follower's thread.
 */
public final class RejectedTail implements AutoCloseable, Check {

  /** Rejections kept. */
  public static final int KEPT_MAX = 100;

  private static final Duration POLL = Duration.ofMillis(200);

  private final Deque<RejectedImage> kept = new ArrayDeque<>();
  private final List<Consumer<RejectedImage>> listeners = new CopyOnWriteArrayList<>();
  private final RecordLoop loop;
  private long count;

  private RejectedTail(KafkaClients clients, String clientId) {
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
  public static RejectedTail start(KafkaClients clients, String clientId) {
    return new RejectedTail(clients, clientId);
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
      for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(POLL)) {
        RejectedImage rejected = RejectedImage.of(consumed);
        add(rejected);
        listeners.forEach(listener -> listener.accept(rejected));
      }
    } catch (InvalidOffsetException e) {
      // The retention time of the topic has overtaken this reader; what is left is still shown.
      consumer.seekToBeginning(partitions);
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
