package infomax.search.live;

import infomax.index.IndexCorruptException;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.index.PublishedIndex;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publications that were replaced and are still in the store, opened when somebody asks for one.
 * Few are open at a time; one that nobody has asked for in a while is closed. Each has a folder of
 * its own, so that what is live is not touched. Thread-safe; one is opened at a time.
 */
public final class PastPublications implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PastPublications.class);
  private static final int SHARD = 0;
  private static final Duration IDLE_MAX = Duration.ofSeconds(60);

  private final Publications publications;
  private final Path folder;
  private final int openMax;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();

  /** Those open, the one asked for longest ago first. */
  private final Map<Key, Open> open = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Nothing open yet.
   *
   * @param folder for opened publications; used by nobody else
   * @param openMax most that are open at a time
   */
  public PastPublications(
      Publications publications, Path folder, int openMax, InstantSource clock) {
    this.publications = publications;
    this.folder = folder;
    this.openMax = openMax;
    this.clock = clock;
  }

  /** What comes of asking for a publication. */
  public sealed interface Outcome {

    /**
     * It is open.
     *
     * @param lease a lease on it, which the caller closes
     */
    record Found(Lease lease) implements Outcome {}

    /**
     * It is gone, or has yet to come.
     *
     * @param oldest the oldest there is; null if there is none
     * @param newest the newest there is; null if there is none
     */
    record Unavailable(@Nullable Manifest oldest, @Nullable Manifest newest) implements Outcome {}

    /**
     * As many as may be are open, and all are in use.
     *
     * @param openMax how many
     */
    record Busy(int openMax) implements Outcome {}
  }

  /**
   * Opens the newest publication of a generation that is not after {@code asOf}.
   *
   * @param live a publication of that generation, leased by the caller; its encoder is used
   */
  public Outcome acquire(LiveGeneration live, AsOf asOf) {
    int number = live.number();
    Optional<Manifest> found = find(number, asOf);
    if (found.isEmpty()) {
      return unavailable(number);
    }
    lock.lock();
    try {
      Key key = new Key(number, found.get().sequence());
      Open there = open.get(key);
      if (there == null) {
        if (open.size() >= openMax && !closeOldestUnused()) {
          return new Outcome.Busy(openMax);
        }
        there = open(found.get(), live);
        open.put(key, there);
      }
      there.usedAt = clock.instant();
      return new Outcome.Found(there.generation.lease().orElseThrow());
    } catch (IndexCorruptException e) {
      LOG.info("publication {} of generation {} is gone: {}", asOf, number, e.getMessage());
      return unavailable(number);
    } finally {
      lock.unlock();
    }
  }

  /** Closes what nobody has asked for in the last minute. */
  public void closeIdle() {
    Instant limit = clock.instant().minus(IDLE_MAX);
    lock.lock();
    try {
      Iterator<Open> each = open.values().iterator();
      while (each.hasNext()) {
        Open candidate = each.next();
        if (candidate.usedAt.isBefore(limit) && !candidate.generation.isLeased()) {
          each.remove();
          close(candidate);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many are open. */
  public int open() {
    lock.lock();
    try {
      return open.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      open.values().forEach(this::close);
      open.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The publications of a writer follow each other in time, so that half of them can be skipped.
   */
  private Optional<Manifest> find(int generation, AsOf asOf) {
    List<Long> sequences = publications.sequences(generation, SHARD);
    if (sequences.isEmpty() || isAhead(asOf, sequences.getLast())) {
      return Optional.empty();
    }
    int low = 0;
    int high = sequences.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isAfter(generation, sequences.get(middle), asOf)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    for (int at = low - 1; at >= 0; at--) {
      Optional<Manifest> found = publications.read(generation, SHARD, sequences.get(at));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private boolean isAhead(AsOf asOf, long newest) {
    return switch (asOf) {
      case AsOf.Publication(long sequence) -> sequence > newest;
      case AsOf.Time(Instant instant) -> instant.isAfter(clock.instant());
    };
  }

  /** One that was collected or is damaged counts as before: another one is taken in the end. */
  private boolean isAfter(int generation, long sequence, AsOf asOf) {
    return switch (asOf) {
      case AsOf.Publication(long limit) -> sequence > limit;
      case AsOf.Time(Instant limit) ->
          publications
              .read(generation, SHARD, sequence)
              .filter(manifest -> manifest.publishedAt().isAfter(limit))
              .isPresent();
    };
  }

  private Outcome unavailable(int generation) {
    Manifest oldest = null;
    Manifest newest = null;
    for (long sequence : publications.sequences(generation, SHARD)) {
      Optional<Manifest> found = publications.read(generation, SHARD, sequence);
      if (found.isPresent()) {
        oldest = found.get();
        break;
      }
    }
    if (oldest != null) {
      newest = publications.latest(generation, SHARD).orElse(oldest);
    }
    return new Outcome.Unavailable(oldest, newest);
  }

  private Open open(Manifest manifest, LiveGeneration live) {
    ServedEncoder encoder = live.servedEncoder();
    if (!encoder.tryRetain()) {
      throw new IllegalStateException("the encoder of a leased generation is closed");
    }
    Path path = folder.resolve("generation-" + manifest.generation() + "-" + manifest.sequence());
    try {
      CacheFolder.delete(path);
      PublishedIndex index = PublishedIndex.open(publications.store(), manifest, path);
      LOG.info("opened publication={} of generation={}", manifest.sequence(), live.number());
      return new Open(new LiveGeneration(encoder, index, clock.instant(), null), path);
    } catch (RuntimeException e) {
      encoder.releaseReference();
      CacheFolder.delete(path);
      throw e;
    }
  }

  private boolean closeOldestUnused() {
    for (Map.Entry<Key, Open> each : open.entrySet()) {
      if (!each.getValue().generation.isLeased()) {
        open.remove(each.getKey());
        close(each.getValue());
        return true;
      }
    }
    return false;
  }

  private void close(Open closing) {
    closing.generation.releaseReference();
    CacheFolder.delete(closing.path);
  }

  /** Which publication. */
  private record Key(int generation, long sequence) {}

  /** An open one; leases on it are given under the lock only. */
  private static final class Open {
    private final LiveGeneration generation;
    private final Path path;
    private Instant usedAt = Instant.MIN;

    Open(LiveGeneration generation, Path path) {
      this.generation = generation;
      this.path = path;
    }
  }
}
