package infomax.search.live;

import infomax.index.IndexCorruptException;
import infomax.index.Publications;
import infomax.index.PublishedIndex;
import infomax.index.PublishedShards;
import infomax.store.ObjectStoreException;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publications that were replaced and are still in the store, opened when somebody asks for one.
 * Few are open at a time; one that nobody has asked for in a while is closed. Each has a folder of
 * its own, so that what is live is not touched. Thread-safe; one is opened at a time, and those
 * open are given out meanwhile.
 */
public final class PastPublications implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PastPublications.class);
  private static final Duration IDLE_MAX = Duration.ofSeconds(60);

  private final Publications publications;
  private final PublicationFinder finder;
  private final Path folder;
  private final int openMax;
  private final InstantSource clock;

  /** Held while one is opened, which takes as long as its files take to come. */
  private final ReentrantLock opening = new ReentrantLock();

  /** Guards what is open; held for moments, after {@link #opening} where both are. */
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
    this.finder = new PublicationFinder(publications, clock);
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
    record Unavailable(@Nullable PublishedShards oldest, @Nullable PublishedShards newest)
        implements Outcome {}

    /**
     * As many as may be are open, and all are in use.
     *
     * @param openMax how many
     */
    record Busy(int openMax) implements Outcome {}

    /** The store does not answer, so that nobody knows what there is; that may pass. */
    record StoreUnavailable() implements Outcome {}
  }

  /**
   * Opens the newest publication of a generation that is not after {@code asOf}: of every shard its
   * own. A thread that is interrupted while it waits for another one's opening is told {@link
   * Outcome.Busy} and stays interrupted.
   *
   * @param live a publication of that generation, leased by the caller; its encoder is used
   */
  public Outcome acquire(LiveGeneration live, AsOf asOf) {
    try {
      Optional<PublishedShards> found = finder.find(live.published().spec(), asOf);
      return found.isEmpty()
          ? finder.unavailable(live.published().spec())
          : acquire(live, found.get());
    } catch (ObjectStoreException e) {
      LOG.warn(
          "publication {} of generation {} is out of reach: {}", asOf, live.number(), e.toString());
      return new Outcome.StoreUnavailable();
    }
  }

  private Outcome acquire(LiveGeneration live, PublishedShards wanted) {
    Key key = new Key(live.number(), wanted.sequences());
    Optional<Lease> there = lease(key);
    if (there.isPresent()) {
      return new Outcome.Found(there.get());
    }
    try {
      opening.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Busy(openMax);
    }
    try {
      // Somebody else may have opened it meanwhile.
      return lease(key).<Outcome>map(Outcome.Found::new).orElseGet(() -> open(key, wanted, live));
    } catch (IndexCorruptException e) {
      LOG.info(
          "publication {} of generation {} is gone: {}",
          key.sequences(),
          live.number(),
          e.getMessage());
      return finder.unavailable(wanted.spec());
    } finally {
      opening.unlock();
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
    opening.lock();
    lock.lock();
    try {
      open.values().forEach(this::close);
      open.clear();
    } finally {
      lock.unlock();
      opening.unlock();
    }
  }

  /** A lease on one that is open. */
  private Optional<Lease> lease(Key key) {
    lock.lock();
    try {
      return Optional.ofNullable(open.get(key)).map(this::lease);
    } finally {
      lock.unlock();
    }
  }

  private Lease lease(Open there) {
    there.usedAt = clock.instant();
    return there.generation.lease().orElseThrow();
  }

  /** Opens one that is not open; there is room for it until then, since nobody else opens any. */
  private Outcome open(Key key, PublishedShards published, LiveGeneration live) {
    lock.lock();
    try {
      if (open.size() >= openMax && !closeOldestUnused()) {
        return new Outcome.Busy(openMax);
      }
    } finally {
      lock.unlock();
    }
    Open opened = open(published, live);
    lock.lock();
    try {
      open.put(key, opened);
      return new Outcome.Found(lease(opened));
    } finally {
      lock.unlock();
    }
  }

  private Open open(PublishedShards published, LiveGeneration live) {
    ServedEncoder encoder = live.servedEncoder();
    if (!encoder.tryRetain()) {
      throw new IllegalStateException("the encoder of a leased generation is closed");
    }
    Path path =
        folder.resolve(
            published.sequences().stream()
                .map(String::valueOf)
                .collect(Collectors.joining("-", "generation-" + live.number() + "-", "")));
    try {
      CacheFolder.delete(path);
      PublishedIndex index = PublishedIndex.open(publications.store(), published, path, null);
      LOG.info("opened publication={} of generation={}", published.sequences(), live.number());
      return new Open(new LiveGeneration(encoder, index, null), path);
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

  /** Which publication, of every shard in their order. */
  private record Key(int generation, List<Long> sequences) {}

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
