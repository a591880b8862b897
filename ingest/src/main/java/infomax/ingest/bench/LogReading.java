package infomax.ingest.bench;

import infomax.events.Positions;
import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic from one place to the end it has now, with a consumer of its own. */
final class LogReading {

  private static final int FETCH_BYTES = 1024 * 1024;
  private static final Duration POLL = Duration.ofMillis(100);

  private LogReading() {}

  /** Where the topic ends now, for readers of committed records. */
  static Positions end(KafkaClients clients, Topic topic) {
    try (Admin admin = clients.admin("bench-intake")) {
      return new Topics(admin).ends(topic.name(), topic.partitions());
    }
  }

  /**
   * Hands every record to {@code reader}.
   *
   * @return the end that was reached
   */
  static Positions read(
      KafkaClients clients,
      Topic topic,
      Positions from,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    Positions end = end(clients, topic);
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.name(), partition))
            .toList();
    try (Consumer<byte[], byte[]> consumer = clients.consumer("bench-intake", FETCH_BYTES)) {
      consumer.assign(partitions);
      partitions.forEach(one -> consumer.seek(one, from.offset(one.partition())));
      while (partitions.stream()
          .anyMatch(one -> consumer.position(one) < end.offset(one.partition()))) {
        consumer.poll(POLL).forEach(reader);
      }
    }
    return end;
  }
}
