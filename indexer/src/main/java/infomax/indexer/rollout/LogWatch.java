package infomax.indexer.rollout;

import infomax.events.Topic;
import infomax.indexer.rollout.decision.LogTopic;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Identity and ends of the topic {@code images}, asked for no more often than needed. */
final class LogWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);

  private final Admin admin;
  private final Topics topics;
  private @Nullable LogTopic newest;
  private Instant askedAt = Instant.MIN;

  LogWatch(KafkaClients clients) {
    this.admin = clients.admin("rollout");
    this.topics = new Topics(admin);
  }

  /** The topic as it was at most {@code ageMax} ago; null if the cluster does not answer. */
  @Nullable LogTopic topic(Instant now, Duration ageMax) {
    if (newest == null || askedAt.plus(ageMax).isBefore(now)) {
      newest = ask();
      askedAt = now;
    }
    return newest;
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(2));
  }

  private @Nullable LogTopic ask() {
    try {
      TopicDescription description = topics.describe(Topic.IMAGES.name());
      int partitions = description.partitions().size();
      return new LogTopic(
          description.topicId().toString(),
          partitions,
          topics.ends(Topic.IMAGES.name(), partitions));
    } catch (KafkaException e) {
      LOG.debug("topic={} cannot be described: {}", Topic.IMAGES.name(), e.toString());
      return null;
    }
  }
}
