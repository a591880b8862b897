package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.events.control.ControlEvent;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import infomax.index.IndexFile;
import infomax.index.Publications;
import infomax.index.PublishedShards;
import infomax.indexer.backup.Backup;
import infomax.indexer.backup.Restoration;
import infomax.indexer.rollout.decision.ControlInvariants;
import infomax.indexer.rollout.decision.ReplicaStatus;
import infomax.store.ObjectStore;
import infomax.store.StoreStep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole system on one thread and from one seed: two indexers, two controllers, two readers, and
 * the world around them, over a log, a topic control and a store in memory. What decides is the
 * program's own; what is replaced is Lucene, Kafka and the disk.
 *
 * <p>Before each step of the store that an actor takes, others may act, as often as luck has it:
 * the actor is then one that was stopped in the middle and goes on with what it knew. There it may
 * also die, or be told that the store does not answer, before the step or after it was taken.
 */
final class SimulatedSystem {

  /** Deeper than this nobody acts while somebody is stopped. */
  private static final int DEPTH_MAX = 3;

  final SimulatedLog log = new SimulatedLog();
  final SimulatedControl control = new SimulatedControl();
  final ControlInvariants controlInvariants = new ControlInvariants();
  final StoreInvariants publications = new StoreInvariants(this::isIndexed);
  final Map<String, ReplicaStatus> replicas = new TreeMap<>();

  /** Generations whose indexing drops a record once, while they are built. */
  private final Set<Integer> lossy = new HashSet<>();

  private final Random random;
  private final SimulatedStore store;
  private final World world = new World();
  private final List<Actor> actors = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int depth;
  private boolean faults = true;
  private int releases;
  private int requests;
  int steps;
  int deaths;
  int interruptions;
  private @Nullable Backup backup;
  private final Map<Digest, byte[]> backedUp = new HashMap<>();

  SimulatedSystem(long seed, SimulatedStore.Flaw flaw) {
    this.random = new Random(seed);
    this.store = new SimulatedStore(this, publications, flaw);
    for (int number = 0; number < 2; number++) {
      SimulatedIndexer indexer = new SimulatedIndexer(this, "indexer-" + number);
      actors.add(indexer);
      actors.add(new SimulatedController(this, indexer));
      actors.add(new SimulatedReader(this, "reader-" + number));
    }
    actors.add(world);
    release(Verdict.UNTRAINED);
    for (int count = 0; count < 10; count++) {
      log.append(random);
    }
  }

  /** Somebody who acts step by step. */
  abstract static class Actor {
    private boolean acting;
    private boolean doomed;
    private Instant stoppedUntil = Instant.MIN;

    /** Does one thing. */
    abstract void act();

    /** Its process is gone, and begins anew with the next step. */
    abstract void die();
  }

  /** An actor's process is killed; nothing that is not the scheduler may catch it. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1;

    Death() {
      super("killed", null, false, false);
    }
  }

  Random random() {
    return random;
  }

  Instant now() {
    return now;
  }

  ObjectStore client(Actor actor) {
    return store.client(actor);
  }

  Optional<byte[]> peek(Digest digest) {
    return store.peek(digest);
  }

  /**
   * True if a record of a generation is dropped now. Only while nobody has named its target: what
   * an indexer reads beyond that, since it has not heard of it yet, no verification looks at.
   */
  boolean loses(int number) {
    IndexGeneration generation = control.state().generations().get(number);
    return generation != null
        && generation.state() == GenerationState.BUILDING
        && lossy.remove(number);
  }

  /** The newest publications of a generation, seen by nobody; null if a shard has none. */
  @Nullable PublishedShards newest(int generation) {
    return publications.newest(generation);
  }

  /** Lets everybody act this often, in an order of luck. */
  void run(int count) {
    for (int turn = 0; turn < count; turn++) {
      if (faults && random.nextInt(400) == 0) {
        // Nobody is in the middle of anything: an object may be unnamed for a day at most.
        now = now.plus(Duration.ofHours(25));
      }
      next(random.nextInt(actors.size()));
    }
  }

  /** No faults from here on. */
  void calmDown() {
    faults = false;
    lossy.clear();
    actors.remove(world);
    release(Verdict.ACCEPTED);
    LiveAlias alias = control.state().alias();
    if (alias != null) {
      // Resumes automatic rolls.
      ask(Kind.PROMOTE, Map.of(ControlRequest.GENERATION, Integer.toString(alias.generation())));
    }
    ask(Kind.RESUME, Map.of());
    actors.forEach(actor -> actor.stoppedUntil = Instant.MIN);
  }

  /** Generations that went live. */
  long rolls() {
    return control.state().generations().values().stream()
        .filter(
            generation ->
                generation.history().stream()
                    .anyMatch(each -> each.state() == GenerationState.LIVE))
        .count();
  }

  /** Generations that began with a backup. */
  long restored() {
    return control.state().generations().values().stream()
        .filter(generation -> generation.restoredFrom() != null)
        .count();
  }

  /** True once the readers answer from the live generation, as far as the log goes. */
  boolean isSettled() {
    return actors.stream()
        .filter(SimulatedReader.class::isInstance)
        .map(SimulatedReader.class::cast)
        .allMatch(reader -> reader.servesTheEndOf(control.state(), log.ends()));
  }

  /** A step of a client of the store is about to be taken. */
  void before(Actor actor, StoreStep step) {
    if (actor == world) {
      return;
    }
    if (depth < DEPTH_MAX && random.nextInt(8) == 0) {
      interruptions++;
      if (faults && random.nextInt(20) == 0) {
        now = now.plus(Duration.ofMinutes(11));
      }
      for (int others = random.nextInt(12); others > 0; others--) {
        next(random.nextInt(actors.size()));
      }
    }
    strike(actor);
  }

  /** A step of a client of the store was taken. */
  void after(Actor actor) {
    if (actor != world) {
      strike(actor);
    }
  }

  void write(ControlEvent event) {
    control.append(event);
  }

  private void strike(Actor actor) {
    if (actor.doomed) {
      actor.doomed = false;
      throw new Death();
    }
    if (!faults) {
      return;
    }
    int luck = random.nextInt(200);
    if (luck == 0) {
      throw new Death();
    }
    if (luck < 4) {
      throw SimulatedStore.unreachable();
    }
  }

  private void next(int number) {
    Actor actor = actors.get(number);
    now = now.plusMillis(10 + random.nextInt(200));
    if (actor.acting || now.isBefore(actor.stoppedUntil)) {
      return;
    }
    steps++;
    actor.acting = true;
    depth++;
    try {
      actor.act();
    } catch (Death e) {
      deaths++;
      actor.die();
    } finally {
      depth--;
      actor.acting = false;
    }
  }

  private static List<IndexFile> files(PublishedShards published) {
    return published.shards().stream().flatMap(shard -> shard.files().stream()).toList();
  }

  private boolean isIndexed(int number) {
    IndexGeneration generation = control.state().generations().get(number);
    return generation != null && generation.state().isIndexed();
  }

  private void release(Verdict verdict) {
    int version = releases++;
    byte[] onnx = ("onnx " + version).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    write(
        new EncoderRelease(
            version,
            client(world).put(onnx),
            onnx.length,
            32,
            8,
            1,
            verdict,
            List.of(),
            "default",
            7,
            Map.of(),
            null,
            null,
            null,
            List.of(),
            Map.of(),
            now));
  }

  private void ask(Kind kind, Map<String, String> parameters) {
    write(
        new ControlRequest(
            "request-" + requests++,
            kind,
            parameters,
            "world",
            "chance",
            now,
            now.plus(Duration.ofMinutes(30)),
            Status.PENDING,
            ""));
  }

  /** Everything that comes from outside: images, encoders, requests, and misfortune. */
  private final class World extends Actor {

    @Override
    void act() {
      for (int count = random.nextInt(4); count > 0; count--) {
        log.append(random);
      }
      ControlState state = control.state();
      switch (random.nextInt(60)) {
        case 0, 1 -> release(random.nextInt(4) == 0 ? Verdict.REJECTED : Verdict.ACCEPTED);
        case 2 -> ask(Kind.ROLLBACK, Map.of());
        case 3, 4 ->
            ask(
                Kind.PROMOTE,
                Map.of(
                    ControlRequest.GENERATION,
                    Integer.toString(1 + random.nextInt(1 + state.generations().size()))));
        case 5, 6 -> kill(actors.get(random.nextInt(actors.size())));
        case 7 -> stop(actors.get(random.nextInt(actors.size())));
        case 8 -> lossy.add(1 + random.nextInt(1 + state.generations().size()));
        case 9, 10, 11 -> backUp(state);
        case 12 -> restore();
        case 13 -> ask(Kind.PAUSE, Map.of());
        case 14, 15 ->
            ask(
                Kind.REINDEX,
                Map.of(ControlRequest.SHARDS, Integer.toString(1 + random.nextInt(2))));
        case 16, 17, 18, 19 -> {
          if (state.isPaused()) {
            ask(Kind.RESUME, Map.of());
          }
        }
        default -> {}
      }
    }

    @Override
    void die() {}

    /** One that is in the middle of something dies before its next step. */
    private void kill(Actor actor) {
      if (actor.acting) {
        actor.doomed = true;
      } else {
        actor.die();
      }
    }

    private void stop(Actor actor) {
      if (actor != this) {
        actor.stoppedUntil = now.plusSeconds(random.nextInt(1200));
      }
    }

    private void backUp(ControlState state) {
      if (state.live().isEmpty()) {
        return;
      }
      Publications all = new Publications(client(this), SimulatedSystem.this::now);
      Optional<PublishedShards> newest = all.latest(state.live().get().number());
      List<IndexFile> files = newest.map(SimulatedSystem::files).orElse(List.of());
      boolean whole = files.stream().allMatch(file -> peek(file.digest()).isPresent());
      if (newest.isPresent() && whole) {
        backup =
            Backup.of(now, newest.get(), state.encoders().get(state.live().get().encoderVersion()));
        for (IndexFile file : files) {
          peek(file.digest()).ifPresent(bytes -> backedUp.put(file.digest(), bytes));
        }
      }
    }

    /**
     * Not while a collector is stopped between reading the claims and deleting: for as long as a
     * whole restore none is, and what it would delete then is found by the check of publications.
     */
    private void restore() {
      if (backup == null || depth > 1) {
        return;
      }
      ObjectStore client = client(this);
      byte[] description = backup.bytes();
      Digest digest = Digest.of(description);
      Set<Digest> objects = new HashSet<>(Set.of(digest));
      List<IndexFile> files = files(backup.published());
      files.forEach(file -> objects.add(file.digest()));
      new Publications(client, SimulatedSystem.this::now)
          .claims()
          .claim(Restoration.claimsOf(digest) + requests, objects);
      files.forEach(file -> client.put(backedUp.get(file.digest())));
      client.put(description);
      ask(Kind.RESTORE, Map.of(ControlRequest.BACKUP, digest.hex()));
    }
  }
}
