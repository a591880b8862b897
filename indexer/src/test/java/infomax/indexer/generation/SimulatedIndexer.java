package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.events.Position;
import infomax.events.control.ControlState;
import infomax.events.control.FailureCause;
import infomax.events.control.IndexGeneration;
import infomax.index.IndexCorruptException;
import infomax.index.IndexException;
import infomax.index.IndexSpec;
import infomax.index.Progress;
import infomax.index.Publications;
import infomax.index.PublishOutcome;
import infomax.index.ShardPublisher;
import infomax.index.ShardStart;
import infomax.index.SupersededException;
import infomax.index.WriterOpenings;
import infomax.indexer.backup.RestoredStart;
import infomax.indexer.generation.Orders.Mode;
import infomax.indexer.generation.SimulatedLog.Place;
import infomax.indexer.rollout.decision.IndexingFailure;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An indexer's process, and its disk, which survives it. */
final class SimulatedIndexer extends SimulatedSystem.Actor {

  private static final int KEPT = 3;
  private static final Duration GRACE = Duration.ofMinutes(10);
  private static final Duration OBJECT_GRACE = Duration.ofHours(24);

  final Publications publications;
  final Map<Integer, IndexingFailure> failures = new HashMap<>();
  private final SimulatedSystem system;
  private final ObjectStore store;
  private final String name;
  private final Map<Shard, SimulatedFiles> disk = new TreeMap<>();
  private final Map<Shard, Writer> writers = new TreeMap<>();
  private final Set<Integer> removed = new HashSet<>();
  private int known;

  SimulatedIndexer(SimulatedSystem system, String name) {
    this.system = system;
    this.name = name;
    this.store = system.client(this);
    this.publications = new Publications(store, system::now);
  }

  @Override
  void act() {
    known += system.random().nextInt(system.control.end() - known + 1);
    ControlState state = system.control.stateAt(known);
    try {
      switch (system.random().nextInt(12)) {
        case 0 -> tidy();
        case 1 -> remove(state);
        case 2 -> {
          if (system.random().nextInt(10) == 0) {
            sweep(state);
          }
        }
        default -> index(state);
      }
    } catch (ObjectStoreException e) {
      // Tried again with another step.
    }
  }

  /** The process is killed; now and then its disk is lost too. */
  @Override
  void die() {
    writers.clear();
    failures.clear();
    removed.clear();
    if (system.random().nextInt(6) == 0) {
      disk.values().forEach(SimulatedFiles::lose);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private void index(ControlState state) {
    List<IndexGeneration> indexed = new ArrayList<>();
    for (IndexGeneration generation : state.generations().values()) {
      if (generation.state().isIndexed() && !failures.containsKey(generation.number())) {
        indexed.add(generation);
      }
    }
    if (indexed.isEmpty()) {
      return;
    }
    IndexGeneration generation = indexed.get(system.random().nextInt(indexed.size()));
    int number = generation.number();
    Shard shard = new Shard(number, system.random().nextInt(generation.index().shards()));
    SimulatedFiles files =
        disk.computeIfAbsent(shard, _ -> new SimulatedFiles(store, system.random()));
    try {
      writers
          .computeIfAbsent(shard, _ -> new Writer(shard.shard(), files))
          .turn(generation, Orders.of(state, generation));
    } catch (GenerationFailedException e) {
      writers.remove(shard);
      failures.put(number, new IndexingFailure(number, e.reason(), String.valueOf(e.getMessage())));
    }
  }

  private void tidy() {
    for (Shard shard : List.copyOf(writers.keySet())) {
      publications.collectGarbage(shard.generation(), shard.shard(), KEPT, GRACE);
    }
  }

  private void remove(ControlState state) {
    for (IndexGeneration generation : state.generations().values()) {
      if (!generation.state().isIndexed() && !removed.contains(generation.number())) {
        failures.remove(generation.number());
        for (int number = 0; number < generation.index().shards(); number++) {
          Shard shard = new Shard(generation.number(), number);
          writers.remove(shard);
          publications.deleteAll(generation.number(), number);
          disk.remove(shard);
        }
        removed.add(generation.number());
      }
    }
  }

  private void sweep(ControlState state) {
    RestoreClaims.giveUp(publications, state, system.now().minus(OBJECT_GRACE));
    Set<Digest> named = publications.objects();
    state.encoders().values().forEach(release -> named.addAll(release.objects().values()));
    store.collectGarbage(named::contains, system.now().minus(OBJECT_GRACE));
  }

  /** One shard of a generation: closed, open, or standing by. */
  private final class Writer {

    private final int shard;
    private final SimulatedFiles files;
    private final Map<String, Optional<Place>> changes = new TreeMap<>();
    private final Set<Digest> published = new HashSet<>();
    private final WriterOpenings openings = new WriterOpenings();
    private @Nullable ShardStart start;
    private @Nullable ShardPublisher publisher;
    private @Nullable LogProgress progress;
    private @Nullable ReadingPlan plan;
    private List<Integer> partitions = List.of();
    private Progress committed = Progress.START;
    private boolean mustPublish;
    private boolean standsBy;
    private boolean localGivenUp;

    Writer(int shard, SimulatedFiles files) {
      this.shard = shard;
      this.files = files;
    }

    void turn(IndexGeneration generation, Orders orders) throws GenerationFailedException {
      if (standsBy) {
        return;
      }
      try {
        if (publisher == null) {
          open(generation, orders);
        } else {
          goOn(generation, orders);
        }
      } catch (IndexCorruptException e) {
        if (localGivenUp) {
          throw new GenerationFailedException(
              FailureCause.INDEX_CORRUPT, String.valueOf(e.getMessage()), e);
        }
        localGivenUp = true;
        files.lose();
      } catch (IndexException e) {
        // Tried again with another step.
      }
    }

    private void open(IndexGeneration generation, Orders orders) throws GenerationFailedException {
      IndexSpec spec = IndexSpec.of(generation, shard);
      beginRestored(generation, orders);
      if (orders.mode() != Mode.BUILD && publications.latest(spec.generation(), shard).isEmpty()) {
        throw new GenerationFailedException(FailureCause.STATE_LOST, "no publication");
      }
      ShardStart taken;
      try {
        taken = ShardStart.take(publications, files, spec, openings);
      } catch (SupersededException e) {
        standsBy = true;
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      start = taken;
      localGivenUp = false;
      changes.clear();
      published.clear();
      taken.files().forEach(file -> published.add(file.digest()));
      progress =
          new LogProgress(
              spec.shardPartitions(), generation.history().getFirst().at(), taken.progress());
      plan = new ReadingPlan(progress);
      partitions = spec.shardPartitions();
      committed = taken.progress();
      files.commit(taken.mark(committed), changes);
      mustPublish = true;
      ShardPublisher opened = new ShardPublisher(publications, taken);
      if (opened.sequence() == 0) {
        putFiles();
        if (!(opened.publish(committed, 0, List.copyOf(files.files().keySet()), system.now())
            instanceof PublishOutcome.Published)) {
          throw new IndexException("begun by another writer just now");
        }
      }
      publisher = opened;
    }

    private void beginRestored(IndexGeneration generation, Orders orders)
        throws GenerationFailedException {
      Digest backup = generation.restoredFrom();
      if (backup == null || orders.mode() != Mode.BUILD) {
        return;
      }
      try {
        RestoredStart.publish(publications, generation, shard, backup, system::now);
      } catch (ObjectBrokenException e) {
        throw new GenerationFailedException(
            FailureCause.STATE_LOST, String.valueOf(e.getMessage()), e);
      }
    }

    private void goOn(IndexGeneration generation, Orders orders) {
      if (orders.mode() == Mode.BUILD && system.random().nextInt(20) == 0) {
        plan.readOn();
      }
      read(generation, orders);
      progress.measured(system.log.ends().in(partitions), system.now());
      if (plan.hasArrived(orders) || (progress.hasMoved() && system.random().nextInt(2) == 0)) {
        commit();
      }
      if (mustPublish) {
        publish();
      }
    }

    private void read(IndexGeneration generation, Orders orders) {
      for (int partition : partitions) {
        if (!plan.isWanted(partition, orders)) {
          continue;
        }
        long from = progress.applied().offset(partition);
        long end = system.log.ends().offset(partition);
        long to = Math.min(end, from + system.random().nextInt(20));
        for (long offset = from; offset < to; offset++) {
          if (plan.accepts(partition, offset, orders)) {
            apply(generation, partition, (int) offset);
          }
        }
        plan.reached(partition, Position.of(to), orders);
      }
    }

    private void apply(IndexGeneration generation, int partition, int offset) {
      if (system.loses(generation.number())) {
        return;
      }
      SimulatedLog.Change change = system.log.partition(partition).get(offset);
      changes.put(
          change.id(),
          change.delete() ? Optional.empty() : Optional.of(new Place(partition, offset)));
    }

    private void commit() {
      committed = progress.next();
      files.commit(start.mark(committed), changes);
      changes.clear();
      progress.committed(committed);
      progress.takeFresh();
      mustPublish = true;
    }

    private void putFiles() {
      files
          .files()
          .forEach(
              (file, bytes) -> {
                if (!published.contains(file.digest())) {
                  store.put(bytes);
                }
              });
    }

    private void publish() {
      putFiles();
      PublishOutcome outcome =
          publisher.publish(
              committed,
              files.contents().size(),
              List.copyOf(files.files().keySet()),
              system.now());
      switch (outcome) {
        case PublishOutcome.Published _ -> {
          mustPublish = false;
          published.clear();
          files.files().keySet().forEach(file -> published.add(file.digest()));
        }
        case PublishOutcome.ForeignTerm _ -> standsBy = true;
        case PublishOutcome.BehindPredecessor _ -> publisher = null;
      }
    }
  }
}
