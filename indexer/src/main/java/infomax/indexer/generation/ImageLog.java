package infomax.indexer.generation;

import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.control.FailureCause;
import infomax.index.IndexSpec;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topic {@code images} as one shard reads it: its partitions, from given positions, and only as
 * long as it is the log the generation was built from. Used by one thread, apart from {@link
 * #wakeUp()}.
 */
final class ImageLog implements AutoCloseable {

  private static final String TOPIC = Topic.IMAGES.name();
  private static final int FETCH_BYTES_MAX = 8 * 1024 * 1024;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  private final IndexSpec spec;
  private final List<TopicPartition> partitions;
  private final Consumer<byte[], byte[]> consumer;
  private final Admin admin;

  /** One that is where it shall begin; it closes the clients. */
  ImageLog(IndexSpec spec, Consumer<byte[], byte[]> consumer, Admin admin) {
    this.spec = spec;
    this.partitions =
        spec.shardPartitions().stream()
            .map(partition -> new TopicPartition(TOPIC, partition))
            .toList();
    this.consumer = consumer;
    this.admin = admin;
  }

  /**
   * Opens the log at {@code from}; a partition that is absent there is read from its beginning.
   *
   * @throws GenerationFailedException if the topic is not the one the generation was built from
   */
  static ImageLog open(KafkaClients clients, IndexSpec spec, Positions from)
      throws GenerationFailedException {
    String clientId = "indexer-generation-" + spec.generation() + "-" + spec.shard();
    ImageLog log =
        new ImageLog(spec, clients.consumer(clientId, FETCH_BYTES_MAX), clients.admin(clientId));
    try {
      log.verifyTopic();
      log.seek(from);
      return log;
    } catch (GenerationFailedException | RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** Ends a wait of another method from any thread, with a WakeupException. */
  void wakeUp() {
    consumer.wakeup();
  }

  /**
   * Next records.
   *
   * @throws GenerationFailedException if the log no longer holds what comes next
   */
  ConsumerRecords<byte[], byte[]> poll(Duration timeout) throws GenerationFailedException {
    try {
      return consumer.poll(timeout);
    } catch (LogTruncationException e) {
      throw new GenerationFailedException(
          FailureCause.LOG_REPLACED,
          "the log was truncated below what was read, at " + e.divergentOffsets(),
          e);
    } catch (InvalidOffsetException e) {
      throw new GenerationFailedException(
          FailureCause.LOG_REPLACED, "the log does not have " + e.partitions() + " any more", e);
    }
  }

  /** Goes to a position, dropping what was fetched beyond. */
  void seek(int partition, Position position) {
    consumer.seek(
        new TopicPartition(TOPIC, partition),
        new OffsetAndMetadata(
            position.offset(),
            position.leaderEpoch() == Position.NO_EPOCH
                ? Optional.empty()
                : Optional.of(position.leaderEpoch()),
            ""));
  }

  /** Reads only the partitions that {@code wanted} accepts, until called again. */
  void readOnly(IntPredicate wanted) {
    Set<TopicPartition> paused = consumer.paused();
    Set<TopicPartition> pause = new HashSet<>();
    Set<TopicPartition> resume = new HashSet<>();
    for (TopicPartition partition : partitions) {
      boolean isWanted = wanted.test(partition.partition());
      if (isWanted == paused.contains(partition)) {
        (isWanted ? resume : pause).add(partition);
      }
    }
    consumer.pause(pause);
    consumer.resume(resume);
  }

  /** The end of each of its partitions that a reader of committed records reaches. */
  Positions ends() {
    return positions(consumer.endOffsets(partitions, REQUEST_TIMEOUT));
  }

  /**
   * Checks that the topic is still the one the generation was built from.
   *
   * @throws GenerationFailedException if it is another one, or has other partitions
   */
  void verifyTopic() throws GenerationFailedException {
    TopicDescription topic = new Topics(admin).describe(TOPIC);
    String id = topic.topicId().toString();
    int count = topic.partitions().size();
    if (!id.equals(spec.topicId()) || count != spec.partitions()) {
      throw new GenerationFailedException(
          FailureCause.LOG_REPLACED,
          "topic "
              + TOPIC
              + " has id "
              + id
              + " and "
              + count
              + " partitions, expected "
              + spec.topicId()
              + " and "
              + spec.partitions());
    }
  }

  /** How long the topic keeps tombstones. */
  Duration tombstoneRetention() {
    return Duration.ofMillis(
        Long.parseLong(new Topics(admin).setting(TOPIC, TopicConfig.DELETE_RETENTION_MS_CONFIG)));
  }

  @Override
  public void close() {
    consumer.close();
    admin.close(Duration.ofSeconds(1));
  }

  private void seek(Positions from) {
    consumer.assign(partitions);
    Positions beginning = positions(consumer.beginningOffsets(partitions, REQUEST_TIMEOUT));
    Map<Integer, Position> start = new HashMap<>(beginning.byPartition());
    start.putAll(from.byPartition());
    start.forEach(this::seek);
  }

  private static Positions positions(Map<TopicPartition, Long> offsets) {
    TreeMap<Integer, Position> positions = new TreeMap<>();
    offsets.forEach(
        (partition, offset) -> positions.put(partition.partition(), Position.of(offset)));
    return new Positions(positions);
  }
}
