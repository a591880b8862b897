package infomax.indexer.generation;

import infomax.encoder.Encoder;
import infomax.encoder.EncoderException;
import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.FailureCause;
import infomax.events.control.IndexGeneration;
import infomax.imaging.EncoderPixels;
import infomax.index.IndexCorruptException;
import infomax.index.IndexFile;
import infomax.index.IndexFiles;
import infomax.index.IndexSpec;
import infomax.index.Manifest;
import infomax.index.PublicationCheck;
import infomax.index.PublicationCheck.Outcome.Broken;
import infomax.index.ShardWriter;
import infomax.index.SupersededException;
import infomax.index.WriterOpenings;
import infomax.indexer.backup.RestoredStart;
import infomax.indexer.generation.GenerationStatus.Phase;
import infomax.indexer.generation.Orders.Mode;
import infomax.indexer.rollout.decision.IndexingFailure;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.process.ThreadNice;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one shard of a generation on a thread of its own until it is closed, fails for good, or
 * another writer takes over. What may pass (an unreachable broker or store, a full disk) is waited
 * out for as long as it takes: encoder, index and log are opened anew, from the last commit.
 * Thread-safe.
 */
final class GenerationIndexing implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GenerationIndexing.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

  /** Longer than a turn takes on a slow machine, shorter than a store's client goes on trying. */
  private static final Duration TURN_MAX = Duration.ofSeconds(30);

  private static final int ENCODER_THREADS = 1;

  /** Merges yield to embedding for the leader, though not to embedding for others. */
  private static final int MERGE_NICE = 5;

  private final IndexGeneration generation;
  private final int shard;
  private final EncoderRelease release;
  private final SharedResources shared;
  private final IndexingSettings settings;
  private final Thread thread;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<GenerationStatus> status;
  private final AtomicReference<@Nullable IndexingFailure> failure = new AtomicReference<>();
  private final AtomicReference<@Nullable String> broken = new AtomicReference<>();
  private final AtomicReference<@Nullable ImageLog> openLog = new AtomicReference<>();
  private volatile Orders orders;
  private volatile long turnNanos = System.nanoTime();
  private final Retries retries = new Retries();
  private final WriterOpenings openings = new WriterOpenings();
  private boolean localDamaged;
  private boolean localGivenUp;

  private GenerationIndexing(
      IndexGeneration generation,
      int shard,
      EncoderRelease release,
      SharedResources shared,
      IndexingSettings settings,
      Orders orders) {
    this.generation = generation;
    this.shard = shard;
    this.release = release;
    this.shared = shared;
    this.settings = settings;
    this.orders = orders;
    this.status = new AtomicReference<>(GenerationStatus.opening(generation.number(), shard));
    this.thread =
        Thread.ofPlatform()
            .name("indexing-generation-" + generation.number() + "-" + shard)
            .daemon(true)
            .unstarted(this::run);
  }

  /** Starts indexing a shard of a generation with its encoder. */
  static GenerationIndexing start(
      IndexGeneration generation,
      int shard,
      EncoderRelease release,
      SharedResources shared,
      IndexingSettings settings,
      Orders orders) {
    GenerationIndexing indexing =
        new GenerationIndexing(generation, shard, release, shared, settings, orders);
    indexing.thread.start();
    return indexing;
  }

  /** Gives new orders; they are followed from the next poll on. */
  void order(Orders next) {
    Orders before = orders;
    orders = next;
    if (!before.equals(next)) {
      LOG.info(
          "generation={} shard={} mode={} paused={} leads={} target={}",
          generation.number(),
          shard,
          next.mode(),
          next.paused(),
          next.leads(),
          next.target() == null ? "none" : next.target().byPartition());
    }
  }

  /**
   * Reads everything that is published, on the calling thread. What is broken and can be mended is
   * mended; if it cannot, the generation fails, so that another one is built from the log.
   *
   * @throws ObjectStoreException if the store cannot be read for now
   */
  void checkPublished() {
    if (status.get().phase().isOver()) {
      return;
    }
    int number = generation.number();
    if (PublicationCheck.run(shared.publications(), number, shard, settings.folder(number, shard))
        instanceof Broken(IndexFile file, String problem)) {
      broken.set("file " + file.name() + " of the newest publication is broken: " + problem);
    }
  }

  /** Why this generation cannot be indexed any further, if it cannot. */
  Optional<IndexingFailure> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** How it is. */
  GenerationStatus status() {
    GenerationStatus last = status.get();
    Duration turn = Duration.ofNanos(System.nanoTime() - turnNanos);
    boolean stuck = last.phase().isAtWork() && turn.compareTo(TURN_MAX) > 0;
    return stuck
        ? last.in(
            last.phase(),
            "it has waited for " + turn.toSeconds() + " s for the store, the broker or the disk")
        : last;
  }

  /** What to do in the turn that begins. */
  private Orders nextTurn() {
    turnNanos = System.nanoTime();
    return orders;
  }

  /** True if the thread is gone, although nobody closed it and nothing is wrong with the data. */
  boolean isBroken() {
    return !thread.isAlive()
        && stop.getCount() > 0
        && failure.get() == null
        && status.get().phase() != Phase.STANDING_BY;
  }

  @Override
  public void close() {
    stop.countDown();
    ImageLog log = openLog.get();
    if (log != null) {
      log.wakeUp();
    }
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        LOG.warn("{} did not end within {} s", thread.getName(), CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (GenerationMeters meters =
        new GenerationMeters(shared.meters(), generation.number(), shard)) {
      Optional<Encoder> opened = openEncoder();
      if (opened.isPresent()) {
        try (Encoder encoder = opened.get()) {
          RecordEmbedding embedding =
              new RecordEmbedding(generation.number() + "-" + shard, encoder, shared);
          while (!isStopping()) {
            if (!runOnce(embedding, meters)) {
              return;
            }
          }
        }
      }
      status.updateAndGet(last -> last.in(Phase.STOPPED, ""));
    } catch (GenerationFailedException e) {
      LOG.error("generation={} cannot be indexed: {}", generation.number(), e.getMessage(), e);
      String detail = String.valueOf(e.getMessage());
      failure.set(new IndexingFailure(generation.number(), e.reason(), detail));
      status.updateAndGet(last -> last.in(Phase.FAILED, detail));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One opening of index and log; false if indexing is over. */
  private boolean runOnce(RecordEmbedding embedding, GenerationMeters meters)
      throws GenerationFailedException, InterruptedException {
    String problem = broken.get();
    if (problem != null) {
      throw new GenerationFailedException(FailureCause.INDEX_CORRUPT, problem);
    }
    try {
      return switch (index(embedding, meters)) {
        case STOPPED -> !isStopping();
        case OUTRUN -> true;
        case TAKEN_OVER -> {
          standBy("another writer has taken over");
          yield false;
        }
      };
    } catch (SupersededException e) {
      LOG.warn("{}", e.getMessage());
      standBy(String.valueOf(e.getMessage()));
      return false;
    } catch (IndexCorruptException e) {
      if (localGivenUp) {
        throw new GenerationFailedException(
            FailureCause.INDEX_CORRUPT, String.valueOf(e.getMessage()), e);
      }
      localDamaged = true;
      LOG.warn("generation={} gives up its local index", generation.number(), e);
      return true;
    } catch (WakeupException | InterruptException e) {
      return !isStopping();
    } catch (RuntimeException e) {
      return waitOut(e);
    }
  }

  private void standBy(String why) {
    status.updateAndGet(last -> last.in(Phase.STANDING_BY, why));
  }

  /** Says what is wrong and waits before the next attempt; false if there shall be none. */
  private boolean waitOut(RuntimeException problem) throws InterruptedException {
    if (!isStopping()) {
      if (retries.failed(problem.toString())) {
        LOG.warn("generation={} is tried again until it works", generation.number(), problem);
      }
      status.updateAndGet(last -> last.in(Phase.RETRYING, problem.toString()));
    }
    return !stop.await(retries.pause().toMillis(), TimeUnit.MILLISECONDS);
  }

  private IndexingRun.End index(RecordEmbedding embedding, GenerationMeters meters)
      throws GenerationFailedException, InterruptedException {
    deleteDamaged();
    beginRestored();
    IndexSpec spec = IndexSpec.of(generation, shard);
    verifyState(spec);
    try (Closer closer = new Closer()) {
      ShardWriter writer =
          closer.register(
              ShardWriter.open(
                  shared.publications(),
                  settings.folder(generation.number(), shard),
                  spec,
                  openings,
                  shared.clock(),
                  () -> ThreadNice.set(MERGE_NICE)));
      localGivenUp = false;
      ImageLog log =
          closer.register(ImageLog.open(shared.clients(), spec, writer.progress().positions()));
      DeadLetters letters =
          closer.register(
              new DeadLetters(
                  shared.clients(), "indexer-rejected-" + generation.number() + "-" + shard));
      Optional<ReplacedRecords> replaced = replaced(spec);
      replaced.ifPresent(closer::register);
      openLog.set(log);
      closer.register(() -> openLog.set(null));
      return new IndexingRun(
              new IndexingRun.Parts(
                  writer,
                  log,
                  embedding,
                  letters,
                  meters,
                  replaced,
                  generation.history().getFirst().at(),
                  log.tombstoneRetention()),
              shared,
              settings,
              this::nextTurn,
              status::set,
              retries)
          .run(() -> isStopping() || broken.get() != null);
    }
  }

  /** Part of an attempt, so that a disk that refuses is waited out as anything else is. */
  private void deleteDamaged() {
    if (localDamaged) {
      IndexFiles.deleteFolder(settings.folder(generation.number(), shard));
      localDamaged = false;
      localGivenUp = true;
    }
  }

  /** A generation that is past being built is not begun again: what it had read is gone. */
  private void beginRestored() throws GenerationFailedException {
    Digest backup = generation.restoredFrom();
    if (backup == null || orders.mode() != Mode.BUILD) {
      return;
    }
    try {
      RestoredStart.publish(shared.publications(), generation, shard, backup, shared.clock());
    } catch (ObjectBrokenException e) {
      throw new GenerationFailedException(
          FailureCause.STATE_LOST,
          "the backup it begins with is not whole in the store; restore it again: "
              + e.getMessage(),
          e);
    }
  }

  private Optional<ReplacedRecords> replaced(IndexSpec spec) {
    Orders now = orders;
    return now.mode() == Mode.BUILD && !now.leads()
        ? ReplacedRecords.open(
            shared, spec, now.leader(), settings.liveFolder(generation.number(), shard))
        : Optional.empty();
  }

  /**
   * Only a generation that is being built may begin from nothing, and none goes on in another
   * format: half of its documents would lack what filters search.
   */
  private void verifyState(IndexSpec spec) throws GenerationFailedException {
    Optional<Manifest> newest = shared.publications().latest(spec.generation(), spec.shard());
    if (newest.isPresent() && newest.get().spec().format() != spec.format()) {
      throw new GenerationFailedException(
          FailureCause.INDEX_FORMAT_OLD,
          "generation "
              + spec.generation()
              + " has format "
              + newest.get().spec().format()
              + ", expected "
              + spec.format()
              + "; it answers until a new one of the same encoder is built");
    }
    if (orders.mode() != Mode.BUILD && newest.isEmpty()) {
      throw new GenerationFailedException(
          FailureCause.STATE_LOST,
          "generation "
              + spec.generation()
              + " has no publication to go on from, and is past being built");
    }
  }

  /** The encoder; empty if told to stop before the store gave it. */
  private Optional<Encoder> openEncoder() throws GenerationFailedException, InterruptedException {
    if (release.pixelPipeline() != EncoderPixels.PIPELINE_VERSION) {
      throw new GenerationFailedException(
          FailureCause.ENCODER_UNUSABLE,
          "encoder "
              + release.version()
              + " was trained on pixel pipeline "
              + release.pixelPipeline()
              + ", expected "
              + EncoderPixels.PIPELINE_VERSION);
    }
    while (true) {
      try {
        shared.trust().verify(release, shared.publications().store()::read);
        Encoder encoder =
            Encoder.open(
                shared.publications().store().read(generation.encoder()),
                generation.encoder(),
                release.inputSize(),
                release.dimensions(),
                new Encoder.Execution(shared.device(), ENCODER_THREADS));
        retries.over();
        return Optional.of(encoder);
      } catch (EncoderException | ObjectBrokenException e) {
        throw unusable(e);
      } catch (ObjectStoreException e) {
        if (!waitOut(e)) {
          return Optional.empty();
        }
      }
    }
  }

  private GenerationFailedException unusable(RuntimeException cause) {
    return new GenerationFailedException(
        FailureCause.ENCODER_UNUSABLE,
        "encoder " + release.version() + " cannot be used: " + cause.getMessage(),
        cause);
  }

  private boolean isStopping() {
    return stop.getCount() == 0;
  }
}
