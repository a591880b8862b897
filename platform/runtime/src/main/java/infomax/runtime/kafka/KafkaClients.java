package infomax.runtime.kafka;

import infomax.runtime.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Builds every Kafka client of the system, so that what correctness rests on is set in one place:
 * consumers read committed records only, never commit by themselves and fail on an unknown position
 * instead of jumping; producers are idempotent and wait for all in-sync replicas. Thread-safe;
 * whoever asks for a client closes it.
 */
public final class KafkaClients {

  private static final int REQUEST_BYTES_MAX = 13 * 1024 * 1024;
  private static final int SCATTERED_FETCH_BYTES_MAX = 16 * 1024;
  private static final long DELIVERY_MILLIS_MIN = 100;

  private static final String BOOTSTRAP_SERVERS = "kafka.bootstrap-servers";

  private final String bootstrapServers;

  /** Properties that every client gets, secrets among them. */
  private final Map<String, Object> shared;

  /**
   * Clients of the cluster at {@code bootstrapServers} ({@code host:port,host:port}), which asks
   * nobody who is there.
   */
  public KafkaClients(String bootstrapServers) {
    this(bootstrapServers, Map.of());
  }

  private KafkaClients(String bootstrapServers, Map<String, Object> shared) {
    this.bootstrapServers = bootstrapServers;
    this.shared = shared;
  }

  /**
   * Clients of the cluster at {@code kafka.bootstrap-servers}, by default {@code 127.0.0.1:9092},
   * as {@code kafka.security.*} and {@code kafka.client.*} say.
   *
   * @throws infomax.runtime.config.ConfigurationException if one of them cannot be used
   */
  public static KafkaClients from(Settings settings) {
    return new KafkaClients(
        settings.text(BOOTSTRAP_SERVERS, "127.0.0.1:9092"), ClientSettings.from(settings));
  }

  /** Where the cluster is. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * A consumer without a group, for {@code assign} and {@code seek}.
   *
   * @param clientId name in logs and metrics
   * @param fetchBytesMax most bytes one fetch brings
   */
  public Consumer<byte[], byte[]> consumer(String clientId, int fetchBytesMax) {
    Map<String, Object> settings = consumerSettings(clientId, fetchBytesMax);
    return new KafkaConsumer<>(settings);
  }

  /**
   * A consumer without a group for reading scattered records: it brings little more than what is
   * asked for, and a fetch at the end of the log does not make the next one wait.
   */
  public Consumer<byte[], byte[]> scatteredReader(String clientId) {
    Map<String, Object> settings = consumerSettings(clientId, SCATTERED_FETCH_BYTES_MAX);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5);
    return new KafkaConsumer<>(settings);
  }

  /**
   * A static member of a consumer group; used for leadership, not for positions.
   *
   * @param clientId name in logs and metrics
   * @param group the group
   * @param instanceId who this is across restarts: a process that comes back under the same id
   *     reclaims its assignment at once, even after a kill, and fences its predecessor; two
   *     processes must not share one
   * @param sessionTimeout how long a silent member keeps its assignment
   */
  public Consumer<byte[], byte[]> groupMember(
      String clientId, String group, String instanceId, Duration sessionTimeout) {
    Map<String, Object> settings = consumerSettings(clientId, 1024 * 1024);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) sessionTimeout.toMillis());
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) sessionTimeout.toMillis() / 3);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings);
  }

  /** An idempotent producer that waits for all in-sync replicas. */
  public Producer<byte[], byte[]> producer(String clientId) {
    return new KafkaProducer<>(producerSettings(clientId));
  }

  /**
   * The same for a stream that nobody waits for record by record: the broker spends as much on a
   * request of one record as on one of many.
   *
   * @param linger how long a record may wait for others to be sent with it
   */
  public Producer<byte[], byte[]> producer(String clientId, Duration linger) {
    Map<String, Object> settings = producerSettings(clientId);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, (int) linger.toMillis());
    return new KafkaProducer<>(settings);
  }

  /**
   * The same for a writer that has to know in time what became of a record: what the cluster does
   * not acknowledge by then is given up, and does not arrive later over something newer.
   *
   * @param delivery from sending a record to its acknowledgement, at least 100 ms
   */
  public Producer<byte[], byte[]> promptProducer(String clientId, Duration delivery) {
    int millis = Math.toIntExact(Math.max(delivery.toMillis(), DELIVERY_MILLIS_MIN));
    Map<String, Object> settings = producerSettings(clientId);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis / 2);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis);
    return new KafkaProducer<>(settings);
  }

  /** A transactional producer; {@code initTransactions} fences every older one of the same id. */
  public Producer<byte[], byte[]> transactionalProducer(String transactionalId, Duration timeout) {
    Map<String, Object> settings = producerSettings(transactionalId);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) timeout.toMillis());
    return new KafkaProducer<>(settings);
  }

  /** An admin client. */
  public Admin admin(String clientId) {
    return Admin.create(adminSettings(clientId));
  }

  /** Hands Kafka Streams clients with these settings under its own. */
  public KafkaClientSupplier streamsSupplier() {
    return new StreamsClients(this);
  }

  /** What every client gets, whatever else it gets. */
  Map<String, Object> sharedSettings() {
    return shared;
  }

  Map<String, Object> adminSettings(String clientId) {
    Map<String, Object> settings = common(clientId);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    return settings;
  }

  Map<String, Object> producerSettings(String clientId) {
    Map<String, Object> settings = common(clientId);
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, REQUEST_BYTES_MAX);
    // A busy producer sends a hundred requests a second at most; who waits for one waits 10 ms
    // more.
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 10);
    // With several, a leader that starts to serve between two batches accepts the second first:
    // the retry of the first is then out of sequence until it expires.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 30_000);
    return settings;
  }

  private Map<String, Object> consumerSettings(String clientId, int fetchBytesMax) {
    Map<String, Object> settings = common(clientId);
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetchBytesMax);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchBytesMax);
    return settings;
  }

  private Map<String, Object> common(String clientId) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    settings.put("auto.include.jmx.reporter", false);
    settings.put("metric.reporters", "");
    settings.put("enable.metrics.push", false);
    settings.putAll(shared);
    return settings;
  }
}
