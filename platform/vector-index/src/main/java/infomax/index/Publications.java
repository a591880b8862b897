package infomax.index;

import infomax.events.Digest;
import infomax.events.Json;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publications of every shard: numbered manifests as entries of the object store. Creating
 * manifest n + 1 only if it is absent is the compare-and-set between writers: of two, one learns
 * that the other was there. Thread-safe; several processes may use one store.
 *
 * <p>Entries: {@code publications/<generation>/<shard>/manifest-<sequence>} and {@code
 * .../hold-...} while somebody needs an older publication to stay.
 */
public final class Publications {

  private static final Logger LOG = LoggerFactory.getLogger(Publications.class);
  private static final String ROOT = "publications";
  private static final String MANIFEST = "/manifest-";
  private static final String HOLD = "/hold-";

  /** A hold nobody released, such as after a crash, counts no longer than this. */
  private static final Duration HOLD_AGE_MAX = Duration.ofMinutes(30);

  private final ObjectStore store;
  private final InstantSource clock;

  /** Publications in {@code store}. */
  public Publications(ObjectStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** The store they lie in. */
  public ObjectStore store() {
    return store;
  }

  /** The newest publication of a shard, if there is one. */
  public Optional<Manifest> latest(int generation, int shard) {
    List<Long> sequences = sequences(folder(generation, shard));
    // Garbage collection never takes the newest, but a newer one may replace it meanwhile.
    return sequences.isEmpty()
        ? Optional.empty()
        : read(generation, shard, sequences.getLast()).or(() -> latest(generation, shard));
  }

  /** A publication by its number, if it is still there. */
  public Optional<Manifest> read(int generation, int shard, long sequence) {
    return store
        .entry(name(folder(generation, shard), sequence))
        .map(json -> Json.read(json, Manifest.class));
  }

  /**
   * Makes a commit visible. Its files must be in the store already.
   *
   * <p>The manifest's sequence says which publication it follows. Where the answer of the store is
   * lost, the entry is read back, so that an outcome is always true.
   */
  public PublishOutcome publish(Manifest next) {
    Optional<Manifest> newest = latest(next.generation(), next.shard());
    if (newest.isPresent()) {
      if (newest.get().sameWriter(next) && newest.get().sequence() == next.sequence()) {
        return new PublishOutcome.Published(newest.get());
      }
      Optional<PublishOutcome> refused = refusal(next, newest.get());
      if (refused.isPresent()) {
        return refused.get();
      }
    } else if (next.sequence() != 1) {
      throw new IndexException(
          "manifest has sequence " + next.sequence() + " and nothing was published, expected 1");
    }
    create(next);
    Manifest now = latest(next.generation(), next.shard()).orElseThrow();
    if (now.sameWriter(next) && now.sequence() == next.sequence()) {
      return new PublishOutcome.Published(now);
    }
    // Another writer was first, or went on from older ground while this one was stopped.
    return refusal(next, now).orElseGet(() -> new PublishOutcome.ForeignTerm(now));
  }

  /**
   * Takes over a shard: publishes the newest publication again under a new term, so that its old
   * writer is fenced from this moment on.
   *
   * @param newest the newest publication the caller knows
   * @param writer unique name of the caller's opening
   * @return the new newest publication, which the caller's writer has to start from
   */
  public PublishOutcome takeOver(Manifest newest, String writer) {
    return publish(
        new Manifest(
            newest.spec(),
            newest.sequence() + 1,
            newest.term() + 1,
            writer,
            newest.progress(),
            newest.images(),
            newest.files(),
            clock.instant()));
  }

  /**
   * Keeps a publication from garbage collection until the hold is closed.
   *
   * @throws IndexException if the publication is garbage already
   */
  public Hold hold(Manifest manifest) {
    String entry =
        folder(manifest.generation(), manifest.shard())
            + HOLD
            + manifest.sequence()
            + "-"
            + UUID.randomUUID();
    store.createEntry(entry, Json.write(new HoldEntry(manifest.sequence(), clock.instant())));
    if (read(manifest.generation(), manifest.shard(), manifest.sequence()).isEmpty()) {
      store.deleteEntry(entry);
      throw new IndexException(
          "publication "
              + manifest.sequence()
              + " of generation "
              + manifest.generation()
              + " is gone; hold a newer one");
    }
    return () -> store.deleteEntry(entry);
  }

  /**
   * Deletes publications that are not among the {@code keep} newest, are older than {@code grace}
   * and not held, with the objects only they name. Safe beside the shard's writer, since a file
   * that left its commits never comes back.
   *
   * @return publications deleted
   */
  public int collectGarbage(int generation, int shard, int keep, Duration grace) {
    String folder = folder(generation, shard);
    List<Long> sequences = sequences(folder);
    if (keep < 1 || sequences.size() <= keep) {
      return 0;
    }
    Instant limit = clock.instant().minus(grace);
    Set<Long> held = held(folder);
    Set<IndexFile> needed = new HashSet<>();
    List<Manifest> garbage = new java.util.ArrayList<>();
    int keptFrom = sequences.size() - keep;
    for (int ordinal = 0; ordinal < sequences.size(); ordinal++) {
      Optional<Manifest> manifest = read(generation, shard, sequences.get(ordinal));
      if (manifest.isEmpty()) {
        continue;
      }
      boolean stays =
          ordinal >= keptFrom
              || held.contains(manifest.get().sequence())
              || manifest.get().publishedAt().isAfter(limit);
      if (stays) {
        needed.addAll(manifest.get().files());
      } else {
        garbage.add(manifest.get());
      }
    }
    delete(folder, garbage, needed);
    return garbage.size();
  }

  /** Every object that some publication names. */
  public Set<Digest> objects() {
    Set<Digest> named = new HashSet<>();
    for (String name : store.entries(ROOT)) {
      if (name.contains(MANIFEST)) {
        store
            .entry(name)
            .map(json -> Json.read(json, Manifest.class))
            .ifPresent(manifest -> manifest.files().forEach(file -> named.add(file.digest())));
      }
    }
    return named;
  }

  /** Deletes every publication of a shard and every object they name, held or not. */
  public void deleteAll(int generation, int shard) {
    String folder = folder(generation, shard);
    List<Manifest> all =
        sequences(folder).stream()
            .flatMap(sequence -> read(generation, shard, sequence).stream())
            .toList();
    delete(folder, all, Set.of());
    store.entries(folder).forEach(store::deleteEntry);
    if (!all.isEmpty()) {
      LOG.info("generation={} shard={} publications deleted", generation, shard);
    }
  }

  /** Keeps a publication while it is open. */
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /** The value of a hold's entry. */
  private record HoldEntry(long sequence, Instant since) {}

  private static Optional<PublishOutcome> refusal(Manifest next, Manifest newest) {
    if (newest.term() > next.term() || (newest.term() == next.term() && !newest.sameWriter(next))) {
      return Optional.of(new PublishOutcome.ForeignTerm(newest));
    }
    boolean follows = next.sequence() == newest.sequence() + 1;
    return follows && next.positions().reaches(newest.positions())
        ? Optional.empty()
        : Optional.of(new PublishOutcome.BehindPredecessor(newest));
  }

  private void create(Manifest next) {
    String name = name(folder(next.generation(), next.shard()), next.sequence());
    try {
      store.createEntry(name, Json.write(next));
    } catch (ObjectStoreException e) {
      if (store.entry(name).isEmpty()) {
        throw e;
      }
      LOG.info("publication {} was made although the store reported {}", name, e.getMessage());
    }
  }

  /** Manifests go first: whoever still sees one must still find its objects. */
  private void delete(String folder, List<Manifest> garbage, Set<IndexFile> needed) {
    garbage.forEach(manifest -> store.deleteEntry(name(folder, manifest.sequence())));
    garbage.stream()
        .flatMap(manifest -> manifest.files().stream())
        .filter(file -> !needed.contains(file))
        .map(IndexFile::digest)
        .distinct()
        .forEach(store::delete);
  }

  private Set<Long> held(String folder) {
    Set<Long> held = new HashSet<>();
    for (String name : store.entries(folder)) {
      if (name.startsWith(folder + HOLD)) {
        Optional<HoldEntry> hold = store.entry(name).map(json -> Json.read(json, HoldEntry.class));
        boolean stale =
            hold.filter(entry -> entry.since().plus(HOLD_AGE_MAX).isBefore(clock.instant()))
                .isPresent();
        if (stale) {
          store.deleteEntry(name);
        } else {
          hold.ifPresent(entry -> held.add(entry.sequence()));
        }
      }
    }
    return held;
  }

  private List<Long> sequences(String folder) {
    return store.entries(folder).stream()
        .filter(name -> name.startsWith(folder + MANIFEST))
        .map(name -> Long.parseLong(name.substring(folder.length() + MANIFEST.length())))
        .sorted()
        .toList();
  }

  private static String folder(int generation, int shard) {
    return ROOT + "/" + generation + "/" + shard;
  }

  private static String name(String folder, long sequence) {
    return folder + MANIFEST + "%012d".formatted(sequence);
  }
}
