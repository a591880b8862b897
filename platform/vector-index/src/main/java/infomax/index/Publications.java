package infomax.index;

import infomax.events.Digest;
import infomax.events.Json;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publications of every shard: numbered manifests as entries of the object store. Creating
 * manifest n + 1 only if it is absent is the compare-and-set between writers: of two, one learns
 * that the other was there. Thread-safe; several processes may use one store.
 *
 * <p>A manifest whose bytes are not those that were written is passed over, and the log says so:
 * readers stay with the publication before, and the writer's next one gets the next number.
 *
 * <p>Entries: {@code publications/<generation>/<shard>/manifest-<sequence>} and {@code
 * .../hold-...} while somebody needs an older publication to stay. Objects under {@link #claims()}
 * are taken by no generation's garbage collection.
 */
public final class Publications {

  private static final Logger LOG = LoggerFactory.getLogger(Publications.class);
  private static final String ROOT = "publications";
  private static final String MANIFEST = "manifest-";
  private static final String HOLD = "hold-";

  /** A hold nobody released, such as after a crash, counts no longer than this. */
  private static final Duration HOLD_AGE_MAX = Duration.ofMinutes(30);

  private final ObjectStore store;
  private final InstantSource clock;
  private final ObjectClaims claims;

  /** Manifests read lately: whoever polls reads the same ones again and again. */
  private final ReadManifests read = new ReadManifests();

  /** Names of manifests that were found unreadable, to say it once. */
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  /** Publications in {@code store}. */
  public Publications(ObjectStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    this.claims = new ObjectClaims(store, clock);
  }

  /** The store they lie in. */
  public ObjectStore store() {
    return store;
  }

  /** The newest publication of a shard that can be read, if there is one. */
  public Optional<Manifest> latest(int generation, int shard) {
    return newest(generation, shard).manifest();
  }

  /**
   * The newest publication of every shard of a generation; empty as long as one of them has none.
   */
  public Optional<PublishedShards> latest(int generation) {
    return shards(shard -> latest(generation, shard));
  }

  /**
   * Publications by their numbers, if all of them are still there and can be read.
   *
   * @param sequences in the order of the shards
   */
  public Optional<PublishedShards> read(int generation, List<Long> sequences) {
    return shards(
        shard ->
            shard < sequences.size()
                ? read(generation, shard, sequences.get(shard))
                : Optional.empty());
  }

  /** The newest publication of a shard that can be read, and the highest number taken. */
  Newest newest(int generation, int shard) {
    String folder = folder(generation, shard);
    List<Long> sequences = sequences(folder);
    for (long sequence : sequences.reversed()) {
      switch (entry(folder, sequence)) {
        case Entry.Found(Manifest manifest) -> {
          return new Newest(Optional.of(manifest), sequences.getLast());
        }
        case Entry.Absent _ -> {
          // Garbage collection never takes the newest, but a newer one may replace it meanwhile.
          return newest(generation, shard);
        }
        case Entry.Unreadable _ -> {}
      }
    }
    return new Newest(Optional.empty(), sequences.isEmpty() ? 0 : sequences.getLast());
  }

  /**
   * The numbers of the publications of a shard that are in the store, ascending. One may be
   * unreadable, or gone by the time it is read.
   */
  public List<Long> sequences(int generation, int shard) {
    return sequences(folder(generation, shard));
  }

  /** A publication by its number, if it is still there and can be read. */
  public Optional<Manifest> read(int generation, int shard, long sequence) {
    return entry(folder(generation, shard), sequence) instanceof Entry.Found(Manifest manifest)
        ? Optional.of(manifest)
        : Optional.empty();
  }

  /**
   * Makes a commit visible. Its files must be in the store already.
   *
   * <p>The manifest's sequence says which publication it follows. Where the answer of the store is
   * lost, the entry is read back, so that an outcome is always true.
   */
  public PublishOutcome publish(Manifest next) {
    Newest newest = newest(next.generation(), next.shard());
    if (newest.manifest().isPresent()) {
      Manifest before = newest.manifest().get();
      if (before.sameWriter(next) && before.sequence() == next.sequence()) {
        return new PublishOutcome.Published(before);
      }
      Optional<PublishOutcome> refused = refusal(next, before, newest.sequence());
      if (refused.isPresent()) {
        return refused.get();
      }
    } else if (next.sequence() != newest.sequence() + 1) {
      throw new IndexException(
          "manifest has sequence "
              + next.sequence()
              + " and no publication can be read, expected "
              + (newest.sequence() + 1));
    }
    create(next);
    Newest now = newest(next.generation(), next.shard());
    Manifest visible =
        now.manifest()
            .orElseThrow(
                () ->
                    new IndexException("publication " + next.sequence() + " cannot be read back"));
    if (visible.sameWriter(next) && visible.sequence() == next.sequence()) {
      return new PublishOutcome.Published(visible);
    }
    // Another writer was first, or went on from older ground while this one was stopped.
    return refusal(next, visible, now.sequence())
        .orElseGet(() -> new PublishOutcome.ForeignTerm(visible));
  }

  /**
   * Takes over a shard: publishes the newest publication again under a new term, so that its old
   * writer is fenced from this moment on.
   *
   * @param newest the newest publication the caller knows
   * @param taken the highest number taken: that of {@code newest}, unless later ones are unreadable
   * @param writer unique name of the caller's opening
   * @return the new newest publication, which the caller's writer has to start from
   */
  PublishOutcome takeOver(Manifest newest, long taken, String writer) {
    // Each publication raises the term by one at most, so that this is above the unreadable ones'.
    long term = newest.term() + 1 + taken - newest.sequence();
    return publish(
        new Manifest(
            newest.spec(),
            taken + 1,
            term,
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
            + "/"
            + HOLD
            + manifest.sequence()
            + "-"
            + UUID.randomUUID();
    store.createEntry(entry, Json.write(new HoldEntry(manifest.sequence(), clock.instant())));
    if (read(manifest.generation(), manifest.shard(), manifest.sequence()).isEmpty()) {
      release(entry);
      throw new IndexException(
          "publication "
              + manifest.sequence()
              + " of generation "
              + manifest.generation()
              + " is gone; hold a newer one");
    }
    return () -> release(entry);
  }

  /**
   * Keeps publications of all shards from garbage collection until the hold is closed.
   *
   * @throws IndexException if one of them is garbage already
   */
  public Hold hold(PublishedShards published) {
    List<Hold> holds = new ArrayList<>();
    try {
      published.shards().forEach(manifest -> holds.add(hold(manifest)));
    } catch (RuntimeException e) {
      holds.forEach(Hold::close);
      throw e;
    }
    return () -> holds.forEach(Hold::close);
  }

  /**
   * Deletes publications that are not among the {@code keep} newest, were replaced by their
   * successor more than {@code grace} ago, and are not held, with the objects only they name: a
   * reader that took a publication while it was the newest has that long to fetch it. Safe beside
   * the shard's writer, since a file that left its commits never comes back.
   *
   * <p>Unreadable manifests go as soon as there is a newer publication. The objects only they name
   * are not known here; {@link ObjectStore#collectGarbage} finds them.
   *
   * @return publications deleted
   */
  public int collectGarbage(int generation, int shard, int keep, Duration grace) {
    if (keep < 1) {
      throw new IllegalArgumentException("keep is " + keep + ", expected at least 1");
    }
    String folder = folder(generation, shard);
    Instant limit = clock.instant().minus(grace);
    Set<Long> held = held(folder);
    Set<Digest> needed = new HashSet<>();
    List<Manifest> garbage = new ArrayList<>();
    int newer = 0;
    Instant replacedAt = Instant.MAX;
    for (long sequence : sequences(folder).reversed()) {
      switch (entry(folder, sequence)) {
        case Entry.Found(Manifest manifest) -> {
          if (newer < keep || held.contains(sequence) || replacedAt.isAfter(limit)) {
            manifest.files().forEach(file -> needed.add(file.digest()));
          } else {
            garbage.add(manifest);
          }
          newer++;
          replacedAt = manifest.publishedAt();
        }
        case Entry.Unreadable _ -> {
          if (newer > 0) {
            store.deleteEntry(name(folder, sequence));
          }
        }
        case Entry.Absent _ -> {}
      }
    }
    // The oldest first, so that what is left has no gap wherever this ends.
    delete(folder, garbage.reversed(), needed);
    return garbage.size();
  }

  /** What is kept although no publication names it. */
  public ObjectClaims claims() {
    return claims;
  }

  /**
   * Every object that some publication or claim names.
   *
   * @throws IndexCorruptException if a manifest is unreadable, since nobody knows what it names
   */
  public Set<Digest> objects() {
    Set<Digest> named = claims.objects();
    for (String generation : store.names(ROOT)) {
      for (String shard : store.names(ROOT + "/" + generation)) {
        named.addAll(objects(ROOT + "/" + generation + "/" + shard));
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
    store.names(folder).forEach(name -> store.deleteEntry(folder + "/" + name));
    if (!all.isEmpty()) {
      LOG.info("generation={} shard={} publications deleted", generation, shard);
    }
  }

  /** Keeps a publication while it is open. */
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    /** Never fails: where the store cannot be reached, the hold ends by its age. */
    @Override
    void close();
  }

  /**
   * What a writer needs to know of those before it.
   *
   * @param manifest the newest publication that can be read
   * @param sequence the highest number taken, by a readable manifest or not; 0 if none is
   */
  record Newest(Optional<Manifest> manifest, long sequence) {}

  /** What is found where a manifest is looked for. */
  private sealed interface Entry {
    record Found(Manifest manifest) implements Entry {}

    record Unreadable(String problem) implements Entry {}

    record Absent() implements Entry {}
  }

  /** The value of a hold's entry. */
  private record HoldEntry(long sequence, Instant since) {}

  /** The first shard says how many there are. */
  private static Optional<PublishedShards> shards(IntFunction<Optional<Manifest>> find) {
    List<Manifest> found = new ArrayList<>();
    int shards = 1;
    for (int shard = 0; shard < shards; shard++) {
      Optional<Manifest> manifest = find.apply(shard);
      if (manifest.isEmpty()) {
        return Optional.empty();
      }
      shards = manifest.get().spec().index().shards();
      found.add(manifest.get());
    }
    return Optional.of(new PublishedShards(found));
  }

  /** Whoever lets go has done what it came for, and a hold that is left ends by itself. */
  private void release(String hold) {
    try {
      store.deleteEntry(hold);
    } catch (ObjectStoreException e) {
      LOG.warn("hold {} stays until it is {} old: {}", hold, HOLD_AGE_MAX, e.getMessage());
    }
  }

  private static Optional<PublishOutcome> refusal(Manifest next, Manifest newest, long taken) {
    if (newest.term() > next.term() || (newest.term() == next.term() && !newest.sameWriter(next))) {
      return Optional.of(new PublishOutcome.ForeignTerm(newest));
    }
    // A number that is taken by an unreadable manifest may be another writer's.
    boolean follows = next.sequence() == taken + 1;
    return follows && next.positions().reaches(newest.positions())
        ? Optional.empty()
        : Optional.of(new PublishOutcome.BehindPredecessor(newest));
  }

  private void create(Manifest next) {
    String name = name(folder(next.generation(), next.shard()), next.sequence());
    try {
      store.createEntry(name, ManifestCodec.write(next));
    } catch (ObjectStoreException e) {
      if (store.entry(name).isEmpty()) {
        throw e;
      }
      LOG.info("publication {} was made although the store reported {}", name, e.getMessage());
    }
  }

  /** Manifests go first: whoever still sees one must still find its objects. */
  private void delete(String folder, List<Manifest> garbage, Set<Digest> needed) {
    if (garbage.isEmpty()) {
      return;
    }
    Set<Digest> claimed = claims.objects();
    garbage.forEach(manifest -> store.deleteEntry(name(folder, manifest.sequence())));
    garbage.stream()
        .flatMap(manifest -> manifest.files().stream())
        .map(IndexFile::digest)
        .filter(digest -> !needed.contains(digest) && !claimed.contains(digest))
        .distinct()
        .forEach(store::delete);
  }

  private Set<Long> held(String folder) {
    Set<Long> held = new HashSet<>();
    for (String name : store.names(folder)) {
      if (name.startsWith(HOLD)) {
        String entry = folder + "/" + name;
        Optional<HoldEntry> hold = hold(entry);
        if (hold.filter(this::counts).isPresent()) {
          held.add(hold.get().sequence());
        } else {
          store.deleteEntry(entry);
        }
      }
    }
    return held;
  }

  /** A hold's entry; empty if it is gone or unreadable. */
  private Optional<HoldEntry> hold(String entry) {
    try {
      return store.entry(entry).map(json -> Json.read(json, HoldEntry.class));
    } catch (IllegalArgumentException e) {
      LOG.warn("hold {} is given up: {}", entry, e.getMessage());
      return Optional.empty();
    }
  }

  private boolean counts(HoldEntry hold) {
    return !hold.since().plus(HOLD_AGE_MAX).isBefore(clock.instant());
  }

  /**
   * Every object that some publication of a shard names. Of what was stored before the shard was
   * listed, whatever its writer publishes later names only what the newest one listed does: that
   * one has to be read. An older one may be gone, and nobody needs it then.
   */
  private Set<Digest> objects(String folder) {
    Set<Digest> named = new HashSet<>();
    for (long sequence : sequences(folder).reversed()) {
      switch (entry(folder, sequence)) {
        case Entry.Found(Manifest manifest) ->
            manifest.files().forEach(file -> named.add(file.digest()));
        case Entry.Unreadable(String problem) -> throw new IndexCorruptException(problem);
        case Entry.Absent _ -> {
          if (named.isEmpty()) {
            return objects(folder);
          }
        }
      }
    }
    return named;
  }

  private List<Long> sequences(String folder) {
    return store.names(folder).stream()
        .filter(name -> name.startsWith(MANIFEST))
        .map(name -> Long.parseLong(name.substring(MANIFEST.length())))
        .sorted()
        .toList();
  }

  private Entry entry(String folder, long sequence) {
    return entry(name(folder, sequence));
  }

  private Entry entry(String name) {
    Optional<byte[]> bytes = store.entry(name);
    if (bytes.isEmpty()) {
      return new Entry.Absent();
    }
    try {
      return new Entry.Found(read.manifest(name, bytes.get()));
    } catch (IllegalArgumentException e) {
      String problem = "manifest " + name + " is damaged and passed over: " + e.getMessage();
      if (reported.add(name)) {
        LOG.error("{}", problem);
      }
      return new Entry.Unreadable(problem);
    }
  }

  private static String folder(int generation, int shard) {
    return ROOT + "/" + generation + "/" + shard;
  }

  private static String name(String folder, long sequence) {
    return folder + "/" + MANIFEST + "%012d".formatted(sequence);
  }
}
