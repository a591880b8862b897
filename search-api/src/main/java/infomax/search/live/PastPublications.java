package infomax.search.live;

import infomax.index.IndexCorruptException;
import infomax.index.IndexSpec;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.index.PublishedIndex;
import infomax.index.PublishedShards;
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
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    record Unavailable(@Nullable PublishedShards oldest, @Nullable PublishedShards newest)
        implements Outcome {}

    /**
     * As many as may be are open, and all are in use.
     *
     * @param openMax how many
     */
    record Busy(int openMax) implements Outcome {}
  }

  /**
   * Opens the newest publication of a generation that is not after {@code asOf}: of every shard its
   * own.
   *
   * @param live a publication of that generation, leased by the caller; its encoder is used
   */
  public Outcome acquire(LiveGeneration live, AsOf asOf) {
    Optional<PublishedShards> found = find(live.published().spec(), asOf);
    if (found.isEmpty()) {
      return unavailable(live.published().spec());
    }
    lock.lock();
    try {
      Key key = new Key(live.number(), found.get().sequences());
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
      LOG.info("publication {} of generation {} is gone: {}", asOf, live.number(), e.getMessage());
      return unavailable(live.published().spec());
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

  private Optional<PublishedShards> find(IndexSpec spec, AsOf asOf) {
    return switch (asOf) {
      case AsOf.Time(Instant limit) ->
          limit.isAfter(clock.instant())
              ? Optional.empty()
              : shards(
                  spec,
                  shard -> find(spec.generation(), shard, manifest -> isAfter(manifest, limit)));
      case AsOf.Publication(List<Long> limits) ->
          limits.size() == spec.index().shards()
              ? shards(spec, shard -> find(spec.generation(), shard, limits.get(shard)))
              : Optional.empty();
    };
  }

  private static boolean isAfter(Manifest manifest, Instant limit) {
    return manifest.publishedAt().isAfter(limit);
  }

  private Optional<Manifest> find(int generation, int shard, long limit) {
    List<Long> sequences = publications.sequences(generation, shard);
    if (sequences.isEmpty() || limit > sequences.getLast()) {
      return Optional.empty();
    }
    return newest(generation, shard, sequences.stream().filter(each -> each <= limit).toList());
  }

  /**
   * The publications of a shard follow each other in time, so that half of them can be skipped. One
   * that was collected or is damaged counts as before: another one is taken in the end.
   */
  private Optional<Manifest> find(int generation, int shard, Predicate<Manifest> isAfter) {
    List<Long> sequences = publications.sequences(generation, shard);
    int low = 0;
    int high = sequences.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (publications.read(generation, shard, sequences.get(middle)).filter(isAfter).isPresent()) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return newest(generation, shard, sequences.subList(0, low));
  }

  private Optional<Manifest> newest(int generation, int shard, List<Long> sequences) {
    return first(generation, shard, sequences.reversed());
  }

  private Optional<Manifest> first(int generation, int shard, List<Long> sequences) {
    return sequences.stream()
        .flatMap(sequence -> publications.read(generation, shard, sequence).stream())
        .findFirst();
  }

  private static Optional<PublishedShards> shards(
      IndexSpec spec, IntFunction<Optional<Manifest>> find) {
    List<Manifest> found =
        IntStream.range(0, spec.index().shards()).mapToObj(find).flatMap(Optional::stream).toList();
    return found.size() == spec.index().shards()
        ? Optional.of(new PublishedShards(found))
        : Optional.empty();
  }

  private Outcome unavailable(IndexSpec spec) {
    int number = spec.generation();
    Optional<PublishedShards> oldest =
        shards(spec, shard -> first(number, shard, publications.sequences(number, shard)));
    return new Outcome.Unavailable(
        oldest.orElse(null),
        oldest.isEmpty() ? null : publications.latest(number).or(() -> oldest).orElseThrow());
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
