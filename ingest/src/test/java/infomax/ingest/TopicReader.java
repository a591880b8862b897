package infomax.ingest;

import infomax.events.Positions;
import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a whole topic with a consumer of its own, from the beginning to the end it has now. */
final class TopicReader {

  private TopicReader() {}

  static List<ConsumerRecord<byte[], byte[]>> readAll(KafkaClients clients, Topic topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.name(), partition))
            .toList();
    try (Admin admin = clients.admin("reader");
        Consumer<byte[], byte[]> consumer = clients.consumer("reader", 16 * 1024 * 1024)) {
      Positions ends = new Topics(admin).ends(topic.name(), topic.partitions());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (partitions.stream()
          .anyMatch(one -> consumer.position(one) < ends.offset(one.partition()))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  /** How many records of a topic each key has. */
  static Map<String, Integer> timesByKey(KafkaClients clients, Topic topic) {
    Map<String, Integer> times = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> read : readAll(clients, topic)) {
      times.merge(new String(read.key(), StandardCharsets.UTF_8), 1, Integer::sum);
    }
    return times;
  }
}
