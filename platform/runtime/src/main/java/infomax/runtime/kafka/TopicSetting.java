package infomax.runtime.kafka;

import java.util.List;

/**
 * A setting of a topic as it has to be and as the cluster has it.
 *
 * @param topic name of the topic
 * @param setting Kafka's name of the setting, or {@link #PARTITIONS}, {@link #REPLICATION} or
 *     {@link #TOPIC}
 * @param expected what it has to be
 * @param found what the cluster has
 * @param impact what the difference leads to
 */
public record TopicSetting(
    String topic, String setting, String expected, String found, Impact impact) {

  /** The topic itself. */
  public static final String TOPIC = "topic";

  /** The number of partitions. */
  public static final String PARTITIONS = "partitions";

  /** The number of replicas. */
  public static final String REPLICATION = "replication.factor";

  /** What a setting means for the system. */
  public enum Impact {
    /** It is as it has to be. */
    NONE,
    /** The system works, but not as its documentation says. */
    WORSE,
    /** Records would be lost, or lie where nobody looks for them. */
    LOSS
  }

  /** True if it is not as it has to be. */
  public boolean differs() {
    return impact != Impact.NONE;
  }

  /** The difference as a sentence. */
  public String sentence() {
    return "topic %s: %s is %s, expected %s".formatted(topic, setting, found, expected);
  }

  /**
   * The command that mends the difference, or says that none does.
   *
   * @param bootstrapServers the cluster
   */
  public String remedy(String bootstrapServers) {
    return switch (setting) {
      case TOPIC -> "infomax topics --create --kafka " + bootstrapServers;
      case PARTITIONS ->
          Integer.parseInt(found) < Integer.parseInt(expected) && topic.endsWith(".uploads")
              ? "kafka-topics.sh --bootstrap-server %s --alter --topic %s --partitions %s"
                  .formatted(bootstrapServers, topic, expected)
              : "# no command mends the partitions of "
                  + topic
                  + ": what lies in them is ordered by them; make the topic anew on an empty cluster";
      case REPLICATION ->
          "# kafka-reassign-partitions.sh gives the partitions of " + topic + " more replicas";
      default ->
          "kafka-configs.sh --bootstrap-server %s --alter --entity-type topics --entity-name %s --add-config %s=%s"
              .formatted(bootstrapServers, topic, setting, expected);
    };
  }

  /** A table with a line per setting; differences are marked. */
  public static String table(List<TopicSetting> settings) {
    List<String> heads = List.of("topic", "setting", "expected", "found");
    int[] widths = heads.stream().mapToInt(String::length).toArray();
    for (TopicSetting each : settings) {
      widths[0] = Math.max(widths[0], each.topic.length());
      widths[1] = Math.max(widths[1], each.setting.length());
      widths[2] = Math.max(widths[2], each.expected.length());
      widths[3] = Math.max(widths[3], each.found.length());
    }
    String line =
        "%-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %-" + widths[3]
            + "s  %s";
    StringBuilder table =
        new StringBuilder(line.formatted("topic", "setting", "expected", "found", "").strip());
    for (TopicSetting each : settings) {
      String mark =
          switch (each.impact) {
            case NONE -> "";
            case WORSE -> "differs";
            case LOSS -> "LOSES DATA";
          };
      table
          .append('\n')
          .append(
              line.formatted(each.topic, each.setting, each.expected, each.found, mark)
                  .stripTrailing());
    }
    return table.toString();
  }
}
