package infomax.standalone.demo;

import infomax.events.ImageId;
import infomax.events.Topic;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.Metadata;
import infomax.runtime.kafka.KafkaClients;
import infomax.standalone.demo.image.ImageSource;
import infomax.standalone.demo.image.SourceImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's producer, an ordinary Kafka client: the first images as fast as they are taken, then
 * at a rate; some bad on purpose, some sent again changed, and of the first pass over the images
 * some deleted five seconds later. One thread of its own; the counters may be read from any thread.
 */
public final class UploadStream implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UploadStream.class);
  private static final int BAD_ONE_IN = 500;
  private static final int DELETED_ONE_IN = 1_000;
  private static final int CHANGED_ONE_IN = 200;
  private static final long DELETE_AFTER_NANOS = 5_000_000_000L;
  private static final int RECENT_MAX = 256;
  private static final long SAVE_EVERY_NANOS = 1_000_000_000L;
  private static final long WINDOW_POLL_NANOS = 5_000_000;

  private final Producer<byte[], byte[]> producer;
  private final Images images;
  private final Options options;
  private final BurstWindow window;
  private final SplittableRandom random;
  private final Set<ImageId> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<ImageId> deleted = ConcurrentHashMap.newKeySet();
  private final Deque<SourceImage> recent = new ArrayDeque<>();
  private final Deque<DueDelete> due = new ArrayDeque<>();
  private final Queue<ProducerRecord<byte[], byte @Nullable []>> again =
      new ConcurrentLinkedQueue<>();
  private static final Duration LINGER = Duration.ofMillis(40);

  private final Thread thread;
  private volatile boolean stopping;
  private final long takenBefore;
  private final AtomicLong taken;
  private long bad;
  private volatile boolean exhausted;
  private volatile @Nullable Exception failure;

  private record DueDelete(ImageId id, long atNanos) {}

  /** Opens the source of images at its beginning; called again when a finite one has ended. */
  @FunctionalInterface
  public interface Images {
    /** Opens it. */
    ImageSource open() throws IOException;
  }

  /**
   * How to stream.
   *
   * @param burst images sent as fast as they are taken at the beginning of a fresh stream
   * @param ratePerSecond images per second afterwards
   * @param limit images to send in all; {@link Long#MAX_VALUE} for no limit
   * @param seed decides which are bad, deleted or changed
   * @param stateFile remembers where the stream is
   */
  public record Options(long burst, double ratePerSecond, long limit, long seed, Path stateFile) {}

  private UploadStream(
      Producer<byte[], byte[]> producer,
      Images images,
      Options options,
      BurstWindow window,
      StreamState state) {
    this.producer = producer;
    this.images = images;
    this.options = options;
    this.window = window;
    this.takenBefore = state.taken();
    this.taken = new AtomicLong(takenBefore);
    this.bad = state.bad();
    this.deleted.addAll(state.deleted());
    this.random = new SplittableRandom(options.seed() + state.taken());
    this.thread = Thread.ofPlatform().name("demo-producer").daemon(true).unstarted(this::run);
  }

  /** Starts streaming where the state file says. */
  public static UploadStream start(
      KafkaClients clients, Images images, Options options, BurstWindow window) throws IOException {
    return start(clients.producer("demo-producer", LINGER), images, options, window);
  }

  /** Starts streaming with a producer, which the stream closes. */
  static UploadStream start(
      Producer<byte[], byte[]> producer, Images images, Options options, BurstWindow window)
      throws IOException {
    UploadStream stream =
        new UploadStream(producer, images, options, window, StreamState.load(options.stateFile()));
    stream.thread.start();
    return stream;
  }

  /** Images that earlier starts took from the source. */
  public long takenBefore() {
    return takenBefore;
  }

  /** Images taken from the source, over all starts. */
  public long taken() {
    return taken.get();
  }

  /** Distinct ids whose upload the broker acknowledged since this start, bad ones included. */
  int acknowledgedIds() {
    return acknowledged.size();
  }

  /** Ids deleted, over all starts. */
  public int deletedIds() {
    return deleted.size();
  }

  /** True for an id that was deleted or is about to be. */
  public boolean isDeleted(ImageId id) {
    return deleted.contains(id);
  }

  /** True when the limit is reached. */
  public boolean isExhausted() {
    return exhausted;
  }

  /** What ended the stream, if anything did. */
  public Optional<Exception> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Stops producing; deletes that are due later happen now, and everything sent is acknowledged.
   */
  @Override
  public void close() {
    stopping = true;
    LockSupport.unpark(thread);
    try {
      thread.join(20_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }

  private void run() {
    try {
      stream();
    } catch (IOException | RuntimeException e) {
      if (!stopping) {
        failure = e;
      }
    }
  }

  private void stream() throws IOException {
    try (LoopedImages source = LoopedImages.openAfter(taken.get(), images)) {
      long burstEnd = taken.get() == 0 ? Math.min(options.burst(), options.limit()) : taken.get();
      long paceStartNanos = 0;
      long savedNanos = System.nanoTime();
      while (!stopping && taken.get() < options.limit()) {
        SourceImage next = source.next();
        while (taken.get() < burstEnd && !window.hasRoom(taken.get()) && !stopping) {
          LockSupport.parkNanos(WINDOW_POLL_NANOS);
        }
        long number = taken.incrementAndGet();
        send(next, number, source.isFirstPass());
        if (number == burstEnd) {
          producer.flush();
        }
        if (number >= burstEnd) {
          if (paceStartNanos == 0) {
            paceStartNanos = System.nanoTime();
          }
          long dueNanos =
              paceStartNanos + (long) ((number - burstEnd + 1) * 1e9 / options.ratePerSecond());
          waitUntil(dueNanos);
        }
        deleteDue(System.nanoTime());
        sendAgain();
        if (System.nanoTime() - savedNanos > SAVE_EVERY_NANOS) {
          save();
          savedNanos = System.nanoTime();
        }
      }
      exhausted = taken.get() >= options.limit();
      while (!due.isEmpty()) {
        if (!stopping) {
          waitUntil(due.getFirst().atNanos());
        }
        deleteDue(stopping ? Long.MAX_VALUE : System.nanoTime());
      }
      producer.flush();
      sendAgain();
      producer.flush();
      save();
    }
  }

  private void send(SourceImage image, long number, boolean firstPass) {
    if (deleted.contains(image.id())) {
      return;
    }
    if (number % BAD_ONE_IN == 0) {
      BadUpload[] kinds = BadUpload.values();
      BadUpload kind = kinds[(int) (bad % kinds.length)];
      ImageId id = new ImageId("bad/" + bad);
      bad++;
      upload(id, kind.bytes(image.bytes()), null);
    }
    upload(image.id(), image.bytes(), image.label());
    // What is deleted never comes back: in every pass others would go, until none were left.
    if (firstPass && number % DELETED_ONE_IN == DELETED_ONE_IN / 2) {
      deleted.add(image.id());
      due.add(new DueDelete(image.id(), System.nanoTime() + DELETE_AFTER_NANOS));
      return;
    }
    if (random.nextInt(CHANGED_ONE_IN) == 0 && !recent.isEmpty()) {
      List<SourceImage> candidates = new ArrayList<>(recent);
      SourceImage again = candidates.get(random.nextInt(candidates.size()));
      if (!deleted.contains(again.id())) {
        upload(again.id(), Mirrored.of(again.bytes()), again.label());
      }
    }
    recent.add(image);
    if (recent.size() > RECENT_MAX) {
      recent.remove();
    }
  }

  private void deleteDue(long nowNanos) {
    while (!due.isEmpty() && (due.getFirst().atNanos() <= nowNanos || stopping)) {
      upload(due.removeFirst().id(), null, null);
    }
  }

  private void upload(ImageId id, byte @Nullable [] value, @Nullable String label) {
    ProducerRecord<byte[], byte @Nullable []> upload =
        new ProducerRecord<>(Topic.UPLOADS.name(), id.bytes(), value);
    if (label != null) {
      upload
          .headers()
          .add(ImageEventCodec.METADATA, Metadata.of(Map.of(Metadata.LABEL, label)).json());
    }
    upload.headers().add("ce_source", "infomax-demo".getBytes(StandardCharsets.UTF_8));
    send(upload, id);
  }

  /**
   * Sends a record. One that the broker did not take, because it was away for longer than a client
   * waits, is sent again later; nothing else of the stream may be lost by an outage.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of a failure
  private void send(ProducerRecord<byte[], byte @Nullable []> upload, ImageId id) {
    while (true) {
      try {
        producer.send(
            upload,
            (written, refused) -> {
              if (refused == null) {
                acknowledged.add(id);
              } else {
                LOG.warn("upload of {} is sent again: {}", id, refused.toString());
                again.add(upload);
              }
            });
        return;
      } catch (TimeoutException e) {
        LOG.warn("the broker does not answer; the stream waits");
        if (stopping) {
          return;
        }
      }
    }
  }

  private void sendAgain() {
    for (ProducerRecord<byte[], byte @Nullable []> upload = again.poll();
        upload != null;
        upload = again.poll()) {
      send(
          new ProducerRecord<>(
              upload.topic(), null, upload.key(), upload.value(), upload.headers()),
          ImageId.of(upload.key()));
    }
  }

  private void waitUntil(long dueNanos) {
    for (long left = dueNanos - System.nanoTime();
        left > 0 && !stopping;
        left = dueNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void save() throws IOException {
    new StreamState(taken.get(), bad, new HashSet<>(deleted)).save(options.stateFile());
  }
}
