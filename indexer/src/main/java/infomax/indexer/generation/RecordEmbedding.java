package infomax.indexer.generation;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.encoder.Encoder.Outcome;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.imaging.EncoderPixels;
import infomax.imaging.UndecodableImageException;
import infomax.index.IndexedImage;
import infomax.index.UnitVector;
import infomax.indexer.generation.Orders.Priority;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into changes of the index, embedding what is new. Only the bytes of a record decide
 * whether it is rejected; a failure of anything else is thrown. Used by one thread, which waits
 * while the pool works.
 */
final class RecordEmbedding {

  /** Images per task: long enough for the encoder's batches, short enough to let others in. */
  private static final int TASK_IMAGES_MAX = 16;

  private static final String STAGE = "indexer";

  private final String name;
  private final Encoder encoder;
  private final EmbeddingPool pool;
  private final DecodedImages decoded;
  private final FatalImages fatal;
  private final AtomicLong embedded = new AtomicLong();

  /**
   * For one shard.
   *
   * @param name of the shard, different from every other one of this process
   */
  RecordEmbedding(String name, Encoder encoder, SharedResources shared) {
    this.name = name;
    this.encoder = encoder;
    this.pool = shared.pool();
    this.decoded = shared.decoded();
    this.fatal = shared.fatal();
  }

  /** Images embedded so far; may be read by any thread. */
  long embedded() {
    return embedded.get();
  }

  /**
   * The changes of records, in their order.
   *
   * @param indexed what the index has under an id before these records; where the digest is equal,
   *     its vector is taken over and nothing is embedded
   * @param priority where these records stand among those of other generations
   */
  List<Change> changes(
      List<ConsumerRecord<byte[], byte[]>> records,
      Function<ImageId, Optional<IndexedImage>> indexed,
      Priority priority)
      throws InterruptedException {
    Change[] changes = new Change[records.size()];
    List<Unembedded> waiting = new ArrayList<>();
    for (int ordinal = 0; ordinal < changes.length; ordinal++) {
      ConsumerRecord<byte[], byte[]> consumed = records.get(ordinal);
      try {
        switch (ImageEventCodec.read(consumed)) {
          case ImageDeleted(ImageId id) -> changes[ordinal] = new Change.Remove(id);
          case ImageStored stored -> {
            Optional<IndexedImage> same =
                indexed
                    .apply(stored.id())
                    .filter(image -> image.digest().equals(stored.image().digest()));
            if (same.isPresent()) {
              changes[ordinal] = put(consumed, stored, same.get().vector(), same.get().norm());
            } else {
              waiting.add(new Unembedded(ordinal, consumed, stored));
            }
          }
        }
      } catch (MalformedRecordException e) {
        changes[ordinal] = reject(consumed, e.rejection());
      }
    }
    embedWatched(waiting, changes, priority);
    return List.of(changes);
  }

  /** What ended earlier processes is kept away from the others. */
  private void embedWatched(List<Unembedded> waiting, Change[] changes, Priority priority)
      throws InterruptedException {
    List<Unembedded> together = new ArrayList<>();
    for (Unembedded image : waiting) {
      if (fatal.isFatal(image.digest())) {
        changes[image.ordinal()] = rejectFatal(image);
      } else if (fatal.isSuspect(image.digest())) {
        embedInFlight(List.of(image), changes, priority, true);
      } else {
        together.add(image);
      }
    }
    if (!together.isEmpty()) {
      embedInFlight(together, changes, priority, false);
    }
  }

  private void embedInFlight(
      List<Unembedded> images, Change[] changes, Priority priority, boolean alone)
      throws InterruptedException {
    List<Digest> digests = images.stream().map(Unembedded::digest).toList();
    FatalImages.Flight flight = fatal.begin(name, digests, alone);
    boolean alive = false;
    try {
      embed(images, changes, priority);
      alive = true;
      fatal.survived(digests);
    } catch (RuntimeException | InterruptedException e) {
      alive = true;
      throw e;
    } finally {
      flight.end(alive);
    }
  }

  private void embed(List<Unembedded> waiting, Change[] changes, Priority priority)
      throws InterruptedException {
    List<Future<List<Change>>> tasks = new ArrayList<>();
    // Few images are spread over all threads, since somebody waits for the last of them.
    int each = Math.clamp(Math.ceilDiv(waiting.size(), pool.threads()), 1, TASK_IMAGES_MAX);
    for (int from = 0; from < waiting.size(); from += each) {
      List<Unembedded> part = waiting.subList(from, Math.min(waiting.size(), from + each));
      tasks.add(pool.submit(priority, () -> embed(part)));
    }
    int ordinal = 0;
    for (Future<List<Change>> task : tasks) {
      for (Change change : get(task)) {
        changes[waiting.get(ordinal).ordinal()] = change;
        ordinal++;
      }
    }
  }

  /** Runs on a thread of the pool. */
  private List<Change> embed(List<Unembedded> part) {
    @Nullable Change[] changes = new Change[part.size()];
    List<EncoderPixels> pixels = new ArrayList<>();
    for (int ordinal = 0; ordinal < changes.length; ordinal++) {
      Unembedded image = part.get(ordinal);
      try {
        pixels.add(decoded.pixels(image.stored().image(), encoder.inputSize()));
      } catch (UndecodableImageException e) {
        changes[ordinal] = reject(image.consumed(), e.rejection());
      }
    }
    List<Outcome> outcomes = encoder.embedEach(pixels);
    embedded.addAndGet(outcomes.size());
    List<Change> complete = new ArrayList<>();
    int next = 0;
    for (int ordinal = 0; ordinal < changes.length; ordinal++) {
      Change rejected = changes[ordinal];
      complete.add(rejected != null ? rejected : change(part.get(ordinal), outcomes.get(next++)));
    }
    return complete;
  }

  private static Change change(Unembedded image, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Embedded(Embedding embedding) -> put(image, embedding);
      case Outcome.Failed(String problem) ->
          reject(
              image.consumed(),
              new Rejection(
                  RejectionReason.NOT_EMBEDDABLE,
                  "the encoder fails on this image and on no other: " + problem));
    };
  }

  private static Change rejectFatal(Unembedded image) {
    return reject(
        image.consumed(),
        new Rejection(
            RejectionReason.NOT_EMBEDDABLE,
            "the indexer died three times while it embedded this image, the last time this image"
                + " alone; "
                + FatalImages.SUSPECTS
                + " in the indexer's folder holds its digest, delete it and send the image again to"
                + " have it tried once more"));
  }

  private static Change put(Unembedded image, Embedding embedding) {
    if (!embedding.hasDirection()) {
      return reject(
          image.consumed(),
          new Rejection(
              RejectionReason.NOT_EMBEDDABLE,
              "embedding has length " + embedding.norm() + ", expected a finite length above 0"));
    }
    return put(
        image.consumed(),
        image.stored(),
        UnitVector.of(embedding.unit()),
        (float) embedding.norm());
  }

  private static Change put(
      ConsumerRecord<byte[], byte[]> consumed, ImageStored stored, UnitVector vector, float norm) {
    return new Change.Put(
        new IndexedImage(
            stored.id(),
            stored.image().digest(),
            stored.image().format(),
            consumed.partition(),
            consumed.offset(),
            Instant.ofEpochMilli(consumed.timestamp()),
            stored.metadata(),
            vector,
            norm));
  }

  private static Change reject(ConsumerRecord<byte[], byte[]> consumed, Rejection rejection) {
    return new Change.Reject(
        id(consumed.key()),
        new DeadLetter(
            consumed.key(),
            consumed.value(),
            STAGE,
            rejection,
            new Token(consumed.topic(), consumed.partition(), consumed.offset()),
            List.of(consumed.headers().toArray())));
  }

  private static @Nullable ImageId id(byte @Nullable [] key) {
    try {
      return key == null ? null : ImageId.of(key);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static <T> T get(Future<T> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private record Unembedded(
      int ordinal, ConsumerRecord<byte[], byte[]> consumed, ImageStored stored) {

    Digest digest() {
      return stored.image().digest();
    }
  }
}
