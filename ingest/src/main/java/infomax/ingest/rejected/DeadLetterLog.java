package infomax.ingest.rejected;

import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.image.DeadLetter;
import infomax.runtime.http.Problem;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead letters in {@code images.rejected}: reads one, sends one again, forgets old ones. These
 * are rare requests of people, so each opens the clients it needs and closes them. Thread-safe.
 */
public final class DeadLetterLog {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterLog.class);
  private static final TopicPartition REJECTED = new TopicPartition(Topic.REJECTED.name(), 0);
  private static final Duration DELETES_KEPT =
      Duration.ofMillis(
          Long.parseLong(
              Objects.requireNonNull(Topic.IMAGES.settings().get("delete.retention.ms"))));
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaClients clients;
  private final String clientId;
  private final Duration patience;
  private final InstantSource clock;

  /**
   * Letters of the cluster that {@code clients} reach.
   *
   * @param clientId name in logs and metrics
   * @param patience how long one request may read, write or look for later records
   */
  public DeadLetterLog(
      KafkaClients clients, String clientId, Duration patience, InstantSource clock) {
    this.clients = clients;
    this.clientId = clientId;
    this.patience = patience;
    this.clock = clock;
  }

  /**
   * What was forgotten.
   *
   * @param before every letter below this offset is gone
   * @param offsets how far the beginning moved; markers of transactions count
   */
  record Purged(long before, long offsets) {}

  /**
   * The letter at {@code offset}.
   *
   * @throws Problem 404 if there is none, 503 if the log does not answer
   */
  KeptLetter read(long offset) {
    try (Consumer<byte[], byte[]> consumer = clients.consumer(clientId, Topic.UPLOAD_BYTES_MAX)) {
      consumer.assign(List.of(REJECTED));
      long begin = beginning(consumer);
      long end = end(consumer, REJECTED);
      if (offset >= begin && offset < end) {
        Optional<ConsumerRecord<byte[], byte[]>> found =
            find(consumer, REJECTED, offset, offset + 1, record -> record.offset() == offset);
        if (found.isPresent()) {
          return kept(found.get());
        }
      }
      throw Problem.of(
          404,
          "letter_not_found",
          "no dead letter lies at offset "
              + offset
              + "; there are some from "
              + begin
              + " to below "
              + end
              + ", GET /v1/rejected lists the newest");
    } catch (KafkaException e) {
      throw unavailable(e);
    }
  }

  /**
   * Sends the letter's original key, headers and bytes to {@code images.uploads} once more, now.
   *
   * @param force send it even if its image was written or deleted since
   * @return where the upload lies
   * @throws Problem 404 if there is no such letter, 409 if it kept no bytes, a later record of its
   *     image exists, or a delete of it may have been forgotten, 503 if the log does not answer or
   *     is too long to be looked through
   */
  Token replay(long offset, boolean force) {
    KeptLetter kept = read(offset);
    DeadLetter letter = kept.letter();
    if (letter.value() == null) {
      // Sent again it would be a delete, whatever it was.
      throw Problem.of(
          409,
          "nothing_to_replay",
          "the letter at offset "
              + offset
              + " holds no bytes; the refused record lay at "
              + place(letter.origin())
              + ", produce it to "
              + Topic.UPLOADS.name()
              + " yourself");
    }
    try {
      if (!force) {
        refuseIfOutdated(kept);
      }
      try (Producer<byte[], byte[]> producer = clients.producer(clientId + "-replay")) {
        RecordMetadata sent =
            producer
                .send(
                    new ProducerRecord<>(
                        Topic.UPLOADS.name(),
                        null,
                        letter.key(),
                        letter.value(),
                        letter.originHeaders()))
                .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        LOG.info(
            "replayed letter={} reason={} upload={}:{} force={}",
            offset,
            letter.rejection().reason(),
            sent.partition(),
            sent.offset(),
            force);
        return new Token(sent.topic(), sent.partition(), sent.offset());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    } catch (ExecutionException | java.util.concurrent.TimeoutException | KafkaException e) {
      throw unavailable(e);
    }
  }

  /**
   * Forgets every letter below {@code before}.
   *
   * @throws Problem 400 if it lies above the end, 503 if the log does not answer
   */
  Purged purge(long before) {
    try (Consumer<byte[], byte[]> consumer = clients.consumer(clientId, Topic.UPLOAD_BYTES_MAX)) {
      // Unassigned, the client warns that it cannot remember the end.
      consumer.assign(List.of(REJECTED));
      long end = end(consumer, REJECTED);
      if (before > end) {
        throw Problem.of(
            400, "invalid_value", "before is " + before + ", expected at most the end, " + end);
      }
      return delete(beginning(consumer), before);
    } catch (KafkaException e) {
      throw unavailable(e);
    }
  }

  /** Forgets every letter up to the first one that is not older than {@code before}. */
  Purged purge(Instant before) {
    try (Consumer<byte[], byte[]> consumer = clients.consumer(clientId, Topic.UPLOAD_BYTES_MAX)) {
      consumer.assign(List.of(REJECTED));
      OffsetAndTimestamp first =
          consumer.offsetsForTimes(Map.of(REJECTED, before.toEpochMilli()), patience).get(REJECTED);
      long begin = beginning(consumer);
      return delete(begin, first == null ? end(consumer, REJECTED) : first.offset());
    } catch (KafkaException e) {
      throw unavailable(e);
    }
  }

  private Purged delete(long begin, long before) {
    if (before <= begin) {
      return new Purged(begin, 0);
    }
    try (Admin admin = clients.admin(clientId)) {
      admin
          .deleteRecords(Map.of(REJECTED, RecordsToDelete.beforeOffset(before)))
          .all()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw unavailable(e);
    }
    LOG.info("purged letters from={} before={}", begin, before);
    return new Purged(before, before - begin);
  }

  /**
   * A letter of {@code images} is outdated by any later record of its image there. One of another
   * topic has no order with it but time: a record counts as later if its time is not before the
   * upload's.
   */
  private void refuseIfOutdated(KeptLetter kept) {
    Optional<ImageId> id = kept.id();
    if (id.isEmpty()) {
      return;
    }
    Token origin = kept.letter().origin();
    TopicPartition partition =
        new TopicPartition(Topic.IMAGES.name(), id.get().partition(Topic.IMAGES.partitions()));
    byte[] key = id.get().bytes();
    try (Consumer<byte[], byte[]> consumer = clients.consumer(clientId, Topic.UPLOAD_BYTES_MAX)) {
      consumer.assign(List.of(partition));
      boolean ordered =
          origin.topic().equals(Topic.IMAGES.name()) && origin.partition() == partition.partition();
      long from = ordered ? origin.offset() + 1 : firstSince(consumer, partition, kept);
      find(
              consumer,
              partition,
              from,
              end(consumer, partition),
              record ->
                  Arrays.equals(key, record.key())
                      && (ordered || record.timestamp() >= kept.timestampMillis()))
          .ifPresent(
              later -> {
                throw outdated(id.get(), later);
              });
      refuseIfDeletesAreForgotten(id.get(), kept);
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      throw Problem.of(
          503,
          "log_too_long",
          "partition "
              + partition
              + " could not be looked through within "
              + patience.toSeconds()
              + " s for later records of '"
              + id.get()
              + "'; look for it yourself, then replay with force");
    }
  }

  /** No later record is no proof once a delete may have been compacted away. */
  private void refuseIfDeletesAreForgotten(ImageId id, KeptLetter kept) {
    Instant at = Instant.ofEpochMilli(kept.timestampMillis());
    if (at.plus(DELETES_KEPT).isBefore(clock.instant())) {
      throw Problem.of(
          409,
          "letter_too_old",
          "image '"
              + id
              + "' may have been deleted since "
              + at
              + ": the log remembers deletes for "
              + DELETES_KEPT.toDays()
              + " days; force replays it");
    }
  }

  private static Problem outdated(ImageId id, ConsumerRecord<byte[], byte[]> later) {
    Token place = new Token(later.topic(), later.partition(), later.offset());
    return Problem.of(
            409,
            "letter_outdated",
            "image '"
                + id
                + "' was "
                + (later.value() == null ? "deleted" : "written")
                + " since by "
                + place(place)
                + " of "
                + Instant.ofEpochMilli(later.timestamp())
                + "; a replay would undo that, force does it")
        .with("record", place);
  }

  private long firstSince(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, KeptLetter kept) {
    OffsetAndTimestamp first =
        consumer
            .offsetsForTimes(Map.of(partition, kept.timestampMillis()), patience)
            .get(partition);
    return first == null ? Long.MAX_VALUE : first.offset();
  }

  private long beginning(Consumer<byte[], byte[]> consumer) {
    return consumer.beginningOffsets(List.of(REJECTED), patience).getOrDefault(REJECTED, 0L);
  }

  private long end(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
    return consumer.endOffsets(List.of(partition), patience).getOrDefault(partition, 0L);
  }

  private Optional<ConsumerRecord<byte[], byte[]>> find(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long from,
      long end,
      Predicate<ConsumerRecord<byte[], byte[]>> match) {
    if (from >= end) {
      return Optional.empty();
    }
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    long begin =
        consumer.beginningOffsets(List.of(partition), patience).getOrDefault(partition, 0L);
    consumer.seek(partition, Math.max(begin, from));
    // The position also passes transaction markers, which no record shows.
    while (consumer.position(partition, patience) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (match.test(record)) {
          return Optional.of(record);
        }
      }
      if (System.nanoTime() > deadlineNanos) {
        throw new org.apache.kafka.common.errors.TimeoutException(
            partition + " was not read within " + patience);
      }
    }
    return Optional.empty();
  }

  private static KeptLetter kept(ConsumerRecord<byte[], byte[]> record) {
    try {
      return new KeptLetter(record.offset(), record.timestamp(), DeadLetter.read(record));
    } catch (IllegalArgumentException e) {
      throw Problem.of(
          422,
          "not_a_letter",
          "the record at offset " + record.offset() + " is no dead letter: " + e.getMessage());
    }
  }

  private static String place(Token token) {
    return token.topic() + "/" + token.partition() + "/" + token.offset();
  }

  private static Problem unavailable(Exception cause) {
    LOG.warn("dead letters state=unavailable cause={}", cause.toString());
    return Problem.of(
        503, "log_unavailable", "the log of dead letters does not answer; ask again later");
  }
}
