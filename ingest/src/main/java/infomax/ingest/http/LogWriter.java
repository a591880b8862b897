package infomax.ingest.http;

import infomax.events.Token;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import infomax.runtime.http.Problem;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.tracing.TraceSpan;
import infomax.runtime.tracing.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes image events and waits until all in-sync replicas have them. An idempotent producer: a
 * retry on the way leaves one record. Thread-safe.
 */
public final class LogWriter implements AutoCloseable, Check {

  private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
  private static final Duration FAILURE_MEMORY = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** The producer says itself when it gives up; only one that hangs is not waited for. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Producer<byte[], byte[]> producer;
  private final Duration acknowledgeTimeout;
  private final Tracing tracing;
  private final InstantSource clock;
  private volatile @Nullable Instant failedAt;

  private LogWriter(
      Producer<byte[], byte[]> producer,
      Duration acknowledgeTimeout,
      Tracing tracing,
      InstantSource clock) {
    this.tracing = tracing;
    this.producer = producer;
    this.acknowledgeTimeout = acknowledgeTimeout;
    this.clock = clock;
  }

  /**
   * Opens a writer.
   *
   * @param acknowledgeTimeout how long one write waits for the log; what is not written by then
   *     will not be, so that it cannot come after what the client writes next
   */
  public static LogWriter open(
      KafkaClients clients,
      String clientId,
      Duration acknowledgeTimeout,
      Tracing tracing,
      InstantSource clock) {
    return new LogWriter(
        clients.promptProducer(clientId, acknowledgeTimeout), acknowledgeTimeout, tracing, clock);
  }

  /**
   * Writes an event.
   *
   * @return where it lies, acknowledged
   * @throws Problem 503 {@code log_unavailable} if no acknowledgement came; the event may have been
   *     written, and writing it again does no harm
   */
  Token write(ImageEvent event) {
    return await(send(event));
  }

  /**
   * Hands an event to the producer, which keeps it until it is written.
   *
   * @return for {@link #await}
   * @throws Problem 503 {@code log_unavailable} if the producer has no room for it
   */
  Future<RecordMetadata> send(ImageEvent event) {
    try {
      return tracing.isOn() && event instanceof ImageStored stored
          ? sendTraced(stored)
          : producer.send(ImageEventCodec.write(event));
    } catch (KafkaException | IllegalStateException e) {
      throw unavailable(e.toString());
    }
  }

  /** The span ends with the acknowledgement. */
  private Future<RecordMetadata> sendTraced(ImageStored stored) {
    TraceSpan span =
        tracing.beginProduce("produce", stored.passedThrough().get(Tracing.TRACEPARENT));
    try {
      return producer.send(
          ImageEventCodec.write(span.traceparent().map(stored::carriedBy).orElse(stored)),
          (_, refused) -> {
            if (refused != null) {
              span.fail(refused.toString());
            }
            span.close();
          });
    } catch (KafkaException | IllegalStateException e) {
      span.fail(e.toString());
      span.close();
      throw e;
    }
  }

  /**
   * Waits for the acknowledgement of an event.
   *
   * @throws Problem as {@link #write}
   */
  Token await(Future<RecordMetadata> written) {
    try {
      RecordMetadata where =
          written.get(acknowledgeTimeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
      failedAt = null;
      return new Token(where.topic(), where.partition(), where.offset());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("the service is stopping");
    } catch (TimeoutException e) {
      throw unavailable("no acknowledgement within " + acknowledgeTimeout.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw unavailable(String.valueOf(e.getCause()));
    } catch (KafkaException | IllegalStateException e) {
      throw unavailable(e.toString());
    }
  }

  @Override
  public String name() {
    return "ingest-log";
  }

  @Override
  public CheckResult check() {
    Instant failed = failedAt;
    return failed != null && failed.plus(FAILURE_MEMORY).isAfter(clock.instant())
        ? CheckResult.failed("the log did not acknowledge the last write")
        : CheckResult.ok();
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }

  private Problem unavailable(String cause) {
    if (failedAt == null) {
      LOG.warn("log state=unavailable cause={}", cause);
    }
    failedAt = clock.instant();
    return Problem.of(
        503,
        "log_unavailable",
        "the log did not acknowledge the write; send it again, twice written is once stored");
  }
}
