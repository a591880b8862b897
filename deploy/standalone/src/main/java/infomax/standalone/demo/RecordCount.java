package infomax.standalone.demo;

import infomax.events.Positions;
import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Counts the records of a topic by reading them: offsets count transaction markers too. */
final class RecordCount {

  private static final Duration POLL = Duration.ofMillis(200);

  private RecordCount() {}

  /** Committed records of a topic at this moment. */
  static long of(KafkaClients clients, Topic topic, Topics topics) {
    Positions ends = topics.ends(topic.name(), topic.partitions());
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.name(), partition))
            .toList();
    long count = 0;
    try (Consumer<byte[], byte[]> consumer = clients.consumer("demo-count", 16 * 1024 * 1024)) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (partitions.stream()
          .anyMatch(
              partition -> consumer.position(partition) < ends.offset(partition.partition()))) {
        count += consumer.poll(POLL).count();
      }
    }
    return count;
  }
}
