package infomax.runtime.kafka;

import infomax.events.Topic;
import infomax.runtime.kafka.TopicSetting.Impact;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Compares topics with what the system expects of them; changes nothing. */
public final class TopicCheck {

  private static final String CLEANUP = "cleanup.policy";
  private static final String ABSENT = "absent";

  private final Admin admin;

  /** A check through {@code admin}, which the caller closes. */
  public TopicCheck(Admin admin) {
    this.admin = admin;
  }

  /**
   * Every setting of {@code topics} that the system relies on, as it is expected and as it is.
   *
   * @param replicas how many replicas a partition should have at least
   * @throws org.apache.kafka.common.KafkaException if the cluster refuses or does not answer
   */
  public List<TopicSetting> compare(Collection<Topic> topics, int replicas) {
    List<TopicSetting> settings = new ArrayList<>();
    for (Topic topic : topics) {
      Optional<TopicDescription> description = describe(topic);
      if (description.isEmpty()) {
        settings.add(
            new TopicSetting(topic.name(), TopicSetting.TOPIC, "present", ABSENT, Impact.WORSE));
      } else {
        compare(topic, description.get(), replicas, settings);
      }
    }
    return settings;
  }

  private Optional<TopicDescription> describe(Topic topic) {
    try {
      return Optional.of(new Topics(admin).describe(topic.name()));
    } catch (UnknownTopicOrPartitionException e) {
      return Optional.empty();
    }
  }

  private void compare(
      Topic topic, TopicDescription description, int replicas, List<TopicSetting> settings) {
    int partitions = description.partitions().size();
    settings.add(
        new TopicSetting(
            topic.name(),
            TopicSetting.PARTITIONS,
            Integer.toString(topic.partitions()),
            Integer.toString(partitions),
            partitions == topic.partitions() ? Impact.NONE : impact(topic)));
    int fewest =
        description.partitions().stream()
            .mapToInt(partition -> partition.replicas().size())
            .min()
            .orElse(0);
    settings.add(
        new TopicSetting(
            topic.name(),
            TopicSetting.REPLICATION,
            replicas + " or more",
            Integer.toString(fewest),
            fewest >= replicas ? Impact.NONE : Impact.WORSE));
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    Config config = Topics.get(admin.describeConfigs(List.of(resource)).values().get(resource));
    for (Map.Entry<String, String> expected : new TreeMap<>(topic.settings()).entrySet()) {
      ConfigEntry entry = config == null ? null : config.get(expected.getKey());
      String found = entry == null || entry.value() == null ? ABSENT : entry.value();
      Impact impact = expected.getKey().equals(CLEANUP) ? impact(topic) : Impact.WORSE;
      settings.add(
          new TopicSetting(
              topic.name(),
              expected.getKey(),
              expected.getValue(),
              found,
              found.equals(expected.getValue()) ? Impact.NONE : impact));
    }
  }

  /** Signals may be lost by their nature. */
  private static Impact impact(Topic topic) {
    return topic.equals(Topic.SIGNALS) ? Impact.WORSE : Impact.LOSS;
  }
}
