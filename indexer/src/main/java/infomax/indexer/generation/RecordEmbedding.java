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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into changes of the index, embedding what is new. Only the bytes of a record decide
 * whether it is rejected; a failure of anything else is thrown. Used by one thread, which may do
 * something else while the pool works.
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
   * Begins to turn records into changes; the threads of the pool go on with it until what is
   * returned is closed.
   *
   * @param indexed what the index has under an id before these records; where the digest is equal,
   *     its vector is taken over and nothing is embedded
   * @param priority where these records stand among those of other generations
   */
  Pending begin(
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
    List<Unembedded> unsuspected = embedSuspects(waiting, changes, priority);
    return new Pending(
        changes,
        unsuspected.isEmpty()
            ? Optional.empty()
            : Optional.of(new InFlight(unsuspected, priority, false)));
  }

  /** Embeds what ended earlier processes, away from the others, which it returns. */
  private List<Unembedded> embedSuspects(
      List<Unembedded> waiting, Change[] changes, Priority priority) throws InterruptedException {
    List<Unembedded> unsuspected = new ArrayList<>();
    for (Unembedded image : waiting) {
      if (fatal.isFatal(image.digest())) {
        changes[image.ordinal()] = rejectFatal(image);
      } else if (fatal.isSuspect(image.digest())) {
        try (InFlight alone = new InFlight(List.of(image), priority, true)) {
          alone.collect(changes);
        }
      } else {
        unsuspected.add(image);
      }
    }
    return unsuspected;
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

  /** Records that are being turned into changes. Used by the thread that began it. */
  static final class Pending implements AutoCloseable {

    private final Change[] changes;
    private final Optional<InFlight> images;

    private Pending(Change[] changes, Optional<InFlight> images) {
      this.changes = changes;
      this.images = images;
    }

    /** The changes of the records, in their order; waits for them. */
    List<Change> changes() throws InterruptedException {
      if (images.isPresent()) {
        images.get().collect(changes);
      }
      return List.of(changes);
    }

    /** Waits until nothing of it runs any more, so that the encoder may be closed. */
    @Override
    public void close() {
      images.ifPresent(InFlight::close);
    }
  }

  /** Images that are being embedded, known as such should this process die of one of them. */
  private final class InFlight implements AutoCloseable {

    private final List<Unembedded> images;
    private final List<Digest> digests;
    private final FatalImages.Flight flight;
    private final List<Future<List<Change>>> tasks = new ArrayList<>();

    InFlight(List<Unembedded> images, Priority priority, boolean alone)
        throws InterruptedException {
      this.images = images;
      this.digests = images.stream().map(Unembedded::digest).toList();
      this.flight = fatal.begin(name, digests, alone);
      // Few images are spread over all threads, since somebody waits for the last of them.
      int each = Math.clamp(Math.ceilDiv(images.size(), pool.threads()), 1, TASK_IMAGES_MAX);
      try {
        for (int from = 0; from < images.size(); from += each) {
          List<Unembedded> part = images.subList(from, Math.min(images.size(), from + each));
          tasks.add(pool.submit(priority, () -> embed(part)));
        }
      } catch (RejectedExecutionException e) {
        close();
        throw e;
      }
    }

    /** Waits for the changes and puts them in their places. */
    void collect(Change[] changes) throws InterruptedException {
      int next = 0;
      for (Future<List<Change>> task : tasks) {
        for (Change change : get(task)) {
          changes[images.get(next).ordinal()] = change;
          next++;
        }
      }
      fatal.survived(digests);
    }

    @Override
    public void close() {
      boolean alive = true;
      for (Future<List<Change>> task : tasks) {
        alive &= endsAlive(task);
      }
      flight.end(alive);
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

    /** Waits for a task, however often this thread is interrupted; false if an error ended it. */
    private static boolean endsAlive(Future<?> task) {
      boolean interrupted = false;
      try {
        while (true) {
          try {
            task.get();
            return true;
          } catch (ExecutionException e) {
            return !(e.getCause() instanceof Error);
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private record Unembedded(
      int ordinal, ConsumerRecord<byte[], byte[]> consumed, ImageStored stored) {

    Digest digest() {
      return stored.image().digest();
    }
  }
}
