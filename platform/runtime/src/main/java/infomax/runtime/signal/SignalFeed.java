package infomax.runtime.signal;

import infomax.events.Json;
import infomax.events.Topic;
import infomax.events.signal.Signal;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.RecordLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows signals from the end of the topic. Listeners run on the feed's thread, in order. */
public final class SignalFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SignalFeed.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final List<Consumer<Signal>> listeners = new CopyOnWriteArrayList<>();
  private final RecordLoop loop;

  private SignalFeed(KafkaClients clients, String clientId) {
    TopicPartition partition = new TopicPartition(Topic.SIGNALS.name(), 0);
    this.loop =
        RecordLoop.start(
            clientId + "-signals",
            () -> {
              org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer =
                  clients.consumer(clientId + "-signals", 1024 * 1024);
              consumer.assign(List.of(partition));
              consumer.seekToEnd(List.of(partition));
              return consumer;
            },
            consumer -> {
              for (ConsumerRecord<byte[], byte[]> consumed : poll(consumer, partition)) {
                deliver(consumed);
              }
            });
  }

  /** Starts a feed. */
  public static SignalFeed start(KafkaClients clients, String clientId) {
    return new SignalFeed(clients, clientId);
  }

  /** Calls {@code listener} with every later signal. */
  public void follow(Consumer<Signal> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    loop.close();
  }

  /** Signals may be lost, so a position that is gone (an hour's outage) is no failure. */
  private static Iterable<ConsumerRecord<byte[], byte[]>> poll(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      TopicPartition partition) {
    try {
      return consumer.poll(POLL);
    } catch (org.apache.kafka.clients.consumer.InvalidOffsetException e) {
      consumer.seekToEnd(List.of(partition));
      return List.of();
    }
  }

  private void deliver(ConsumerRecord<byte[], byte[]> consumed) {
    Signal signal;
    try {
      signal = Json.read(consumed.value(), Signal.class);
    } catch (IllegalArgumentException e) {
      LOG.debug("unreadable signal at offset={}: {}", consumed.offset(), e.getMessage());
      return;
    }
    listeners.forEach(listener -> listener.accept(signal));
  }
}
