package infomax.ingest.http;

import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.image.DeadLetter;
import infomax.events.image.Rejection;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Looks short stretches of the log up, to say what became of one write. Thread-safe; lookups happen
 * one after the other.
 */
public final class LogLookup implements AutoCloseable {

  private static final TopicPartition REJECTED = new TopicPartition(Topic.REJECTED.name(), 0);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LOOKUP_MAX = Duration.ofSeconds(5);
  private static final int FETCH_BYTES = 1024 * 1024;

  private final Consumer<byte[], byte[]> consumer;
  private final Admin admin;

  private LogLookup(Consumer<byte[], byte[]> consumer, Admin admin) {
    this.consumer = consumer;
    this.admin = admin;
  }

  /** Opens a lookup. */
  public static LogLookup open(KafkaClients clients, String clientId) {
    return new LogLookup(clients.consumer(clientId, FETCH_BYTES), clients.admin(clientId));
  }

  /**
   * The end of {@code images.rejected} now, open transactions included: a dead letter behind one of
   * them is there already, though no reader sees it yet.
   *
   * @throws KafkaException if the log does not answer
   */
  long rejectedEnd() {
    try {
      return admin
          .listOffsets(Map.of(REJECTED, OffsetSpec.latest()))
          .partitionResult(REJECTED)
          .get(LOOKUP_MAX.toMillis(), TimeUnit.MILLISECONDS)
          .offset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new KafkaException("the end of " + REJECTED + " is unknown", e);
    }
  }

  /**
   * Why the write behind {@code token} was refused after it was accepted here, if it was.
   *
   * @param from where to begin in {@code images.rejected}
   * @throws KafkaException if the log does not answer
   */
  synchronized Optional<Rejection> rejection(Token token, long from) {
    return find(
        REJECTED,
        from,
        rejectedEnd(),
        letter -> {
          try {
            DeadLetter read = DeadLetter.read(letter);
            return read.origin().equals(token) ? read.rejection() : null;
          } catch (IllegalArgumentException e) {
            // Not ours to judge here; it cannot be about this write.
            return null;
          }
        });
  }

  /**
   * True if {@code id} was written again after {@code token} and before offset {@code end}.
   *
   * @throws KafkaException if the log does not answer
   */
  synchronized boolean isSuperseded(ImageId id, Token token, long end) {
    byte[] key = id.bytes();
    return find(
            new TopicPartition(token.topic(), token.partition()),
            token.offset() + 1,
            end,
            later -> Arrays.equals(key, later.key()) ? Boolean.TRUE : null)
        .isPresent();
  }

  @Override
  public synchronized void close() {
    consumer.close();
    admin.close(LOOKUP_MAX);
  }

  private <T> Optional<T> find(
      TopicPartition partition,
      long from,
      long end,
      Function<ConsumerRecord<byte[], byte[]>, @Nullable T> match) {
    if (from >= end) {
      return Optional.empty();
    }
    long deadlineNanos = System.nanoTime() + LOOKUP_MAX.toNanos();
    consumer.assign(List.of(partition));
    try {
      consumer.seek(partition, from);
      // The position also passes transaction markers, which no record shows.
      while (consumer.position(partition, LOOKUP_MAX) < end) {
        for (ConsumerRecord<byte[], byte[]> read : consumer.poll(POLL)) {
          T found = match.apply(read);
          if (found != null) {
            return Optional.of(found);
          }
        }
        if (System.nanoTime() > deadlineNanos) {
          throw new TimeoutException("the log was not read within " + LOOKUP_MAX);
        }
      }
      return Optional.empty();
    } finally {
      consumer.assign(List.of());
    }
  }
}
