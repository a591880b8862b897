package infomax.ingest.uploads;

import infomax.ingest.intake.UploadIntake;
import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running topology. Every upload leads to exactly one record downstream, by {@code
 * exactly_once_v2}: offsets and records are in one transaction. A thread that fails is replaced,
 * for ever, and the check says so meanwhile. Thread-safe.
 */
public final class UploadsStream implements AutoCloseable, Check {

  private static final Logger LOG = LoggerFactory.getLogger(UploadsStream.class);
  private static final String APPLICATION = "infomax-ingest";
  private static final String GLOBAL_HANDLER = "processing.exception.handler.global.enabled";

  /** Keeps markers few and freshness good. */
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(250);

  /**
   * An open transaction holds back every reader of images; after a kill it stays open this long.
   */
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration FAILURE_MEMORY = Duration.ofSeconds(30);
  private static final Duration REPLACEMENT_PAUSE = Duration.ofSeconds(1);

  /** Records may have 12 MiB, and there is no bound in bytes. */
  private static final int BUFFERED_RECORDS = 8;

  private static final int FETCH_BYTES = 16 * 1024 * 1024;
  private static final int PARTITION_FETCH_BYTES = 2 * 1024 * 1024;

  /**
   * All records of a poll can fall into one transaction, and an upload may take 8 s to decode: with
   * two that are made to be slow the transaction would time out, and the next attempt again. What
   * was fetched is kept between polls, so this costs little.
   */
  private static final int POLL_RECORDS = 1;

  private final KafkaStreams streams;
  private final InstantSource clock;
  private volatile @Nullable Failure failure;

  private record Failure(Instant at, String what) {}

  private UploadsStream(KafkaStreams streams, InstantSource clock) {
    this.streams = streams;
    this.clock = clock;
  }

  /**
   * Starts the topology; it finds the broker by itself, whenever that is there.
   *
   * @param instance name of this process among those that ingest; the same after a restart
   * @param threads stream threads, at least 1
   */
  public static UploadsStream start(
      UploadIntake intake,
      KafkaClients clients,
      String instance,
      int threads,
      InstantSource clock) {
    Properties settings = new Properties();
    settings.putAll(settings(clients, instance, threads));
    KafkaStreams streams =
        new KafkaStreams(UploadsTopology.of(intake), settings, clients.streamsSupplier());
    UploadsStream stream = new UploadsStream(streams, clock);
    streams.setUncaughtExceptionHandler(stream::onFailure);
    streams.setStateListener((now, before) -> LOG.info("uploads state={} before={}", now, before));
    streams.start();
    return stream;
  }

  static Map<String, Object> settings(KafkaClients clients, String instance, int threads) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    settings.put(StreamsConfig.CLIENT_ID_CONFIG, "ingest-" + instance);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, clients.bootstrapServers());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, BUFFERED_RECORDS);
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 0);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
    settings.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    // There is no global table; this only quietens warnings about a future default, the second one
    // those of the consumers' assignors.
    settings.put(GLOBAL_HANDLER, true);
    settings.put(StreamsConfig.consumerPrefix(GLOBAL_HANDLER), true);
    // A static member comes back after a restart without a rebalance.
    settings.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
        "ingest-" + instance);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) SESSION_TIMEOUT.toMillis());
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        (int) SESSION_TIMEOUT.toMillis() / 4);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), FETCH_BYTES);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
        PARTITION_FETCH_BYTES);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), POLL_RECORDS);
    settings.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        (int) TRANSACTION_TIMEOUT.toMillis());
    return settings;
  }

  @Override
  public String name() {
    return "ingest-uploads";
  }

  @Override
  public CheckResult check() {
    KafkaStreams.State state = streams.state();
    if (state != KafkaStreams.State.RUNNING) {
      return CheckResult.failed("stream is " + state);
    }
    Failure last = failure;
    return last != null && last.at().plus(FAILURE_MEMORY).isAfter(clock.instant())
        ? CheckResult.failed("a stream thread failed: " + last.what())
        : CheckResult.ok();
  }

  @Override
  public void close() {
    if (!streams.close(CLOSE_TIMEOUT)) {
      LOG.warn("uploads did not stop within {} s", CLOSE_TIMEOUT.toSeconds());
    }
  }

  private StreamThreadExceptionResponse onFailure(Throwable thrown) {
    LOG.error("uploads thread failed and is replaced", thrown);
    failure = new Failure(clock.instant(), String.valueOf(thrown.getMessage()));
    // On the thread that is ending: a cause that persists must not make a busy loop.
    LockSupport.parkNanos(REPLACEMENT_PAUSE.toNanos());
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }
}
