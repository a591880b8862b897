package infomax.runtime.kafka;

import infomax.events.Positions;
import infomax.events.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** The topics as they are on the cluster: creating them, their identity, their ends. */
public final class Topics {

  private static final Duration LEADERS_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration LEADERS_PAUSE = Duration.ofMillis(20);

  private final Admin admin;

  /** Topics seen through {@code admin}, which the caller closes. */
  public Topics(Admin admin) {
    this.admin = admin;
  }

  /**
   * Creates the topics that are missing and waits until they can be written to; existing ones are
   * left as they are.
   *
   * @throws KafkaException if the cluster refuses or cannot be reached
   */
  public void create(Collection<Topic> topics, short replicationFactor) {
    Set<String> existing = get(admin.listTopics().names());
    List<NewTopic> missing =
        topics.stream()
            .filter(topic -> !existing.contains(topic.name()))
            .map(
                topic ->
                    new NewTopic(topic.name(), topic.partitions(), replicationFactor)
                        .configs(topic.settings()))
            .toList();
    admin
        .createTopics(missing)
        .values()
        .values()
        .forEach(
            created -> {
              try {
                get(created);
              } catch (TopicExistsException e) {
                // Somebody else was faster, which is as good.
              }
            });
    // The creation is acknowledged before the leaders serve. A producer that comes in between may
    // see its second batch accepted before the retry of its first, which then never is.
    topics.forEach(this::awaitLeaders);
  }

  /** Id and partitions of a topic, as the cluster describes it now. */
  public TopicDescription describe(String topic) {
    return Objects.requireNonNull(
        get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
  }

  /**
   * The committed end of every partition of a topic: where a reader of committed records stops.
   * Without leader epochs.
   */
  public Positions ends(String topic, int partitions) {
    Map<TopicPartition, OffsetSpec> request = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      request.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Map<TopicPartition, ListOffsetsResultInfo> ends =
        get(
            admin
                .listOffsets(request, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all());
    Map<Integer, Long> offsets = new HashMap<>();
    ends.forEach((partition, end) -> offsets.put(partition.partition(), end.offset()));
    return Positions.ofOffsets(offsets);
  }

  /** The value of a topic's setting that holds now, whoever set it. */
  public String setting(String topic, String key) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return Objects.requireNonNull(get(admin.describeConfigs(List.of(resource)).all()).get(resource))
        .get(key)
        .value();
  }

  private void awaitLeaders(Topic topic) {
    long deadlineNanos = System.nanoTime() + LEADERS_TIMEOUT.toNanos();
    while (true) {
      try {
        // First, since asking an unknown topic for its ends is logged as an error by the client.
        describe(topic.name());
        ends(topic.name(), topic.partitions());
        return;
      } catch (RetriableException e) {
        if (System.nanoTime() > deadlineNanos) {
          throw e;
        }
        LockSupport.parkNanos(LEADERS_PAUSE.toNanos());
      }
    }
  }

  /** Waits, and throws what the cluster answered rather than what wraps it. */
  static <T> T get(org.apache.kafka.common.@Nullable KafkaFuture<T> future) {
    Objects.requireNonNull(future);
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new KafkaException(e.getCause());
    }
  }
}
