package infomax.trainer.snapshot;

import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How long a delete stays in {@code images} after it could have been compacted away. A scan from
 * the beginning that takes longer can read an image's value and then miss its delete.
 *
 * @see <a href="https://kafka.apache.org/documentation/#topicconfigs_delete.retention.ms">Kafka's
 *     topic settings</a>
 */
record DeleteRetention(Duration duration) {

  /** As the topic has it now. */
  static DeleteRetention of(KafkaClients clients) throws IOException, InterruptedException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topic.IMAGES.name());
    try (Admin admin = clients.admin("trainer-snapshot")) {
      String millis =
          admin
              .describeConfigs(List.of(topic))
              .all()
              .get()
              .getOrDefault(topic, new org.apache.kafka.clients.admin.Config(List.of()))
              .get(TopicConfig.DELETE_RETENTION_MS_CONFIG)
              .value();
      return new DeleteRetention(Duration.ofMillis(Long.parseLong(millis)));
    } catch (ExecutionException e) {
      throw new IOException("the settings of topic images could not be read", e);
    }
  }

  /**
   * Checks a scan from the beginning to the end.
   *
   * @throws IOException if it took longer than deletes stay
   */
  void requireLongerThan(Duration scan) throws IOException {
    if (scan.compareTo(duration) > 0) {
      throw new IOException(
          "reading topic images took %s, but deletes stay in it only %s (%s), so some may have been"
                  .formatted(scan, duration, TopicConfig.DELETE_RETENTION_MS_CONFIG)
              + " missed: raise that setting of the topic above the time a scan takes");
    }
  }
}
