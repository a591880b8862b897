package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.FailureCause;
import infomax.events.control.IndexGeneration;
import infomax.events.signal.Signal.ShardFailed;
import infomax.index.IndexFiles;
import infomax.index.Publications;
import infomax.indexer.generation.GenerationStatus.Phase;
import infomax.indexer.rollout.decision.IndexingFailure;
import infomax.runtime.control.ControlLog;
import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.process.ThreadNice;
import infomax.runtime.signal.SignalSender;
import infomax.runtime.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one {@link GenerationIndexing} for every shard of its own of every generation that {@code
 * control} wants indexed, and removes what ended ones leave behind. Orders are given on one thread;
 * what reads much of the store has threads of its own, so that no order waits for it. The public
 * methods may be called by any.
 */
public final class FollowedGenerations implements AutoCloseable, Check {

  /** About 20,000 images of 32 px. */
  private static final long DECODED_BYTES_MAX = 64L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(FollowedGenerations.class);
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration TIDY_INTERVAL = Duration.ofSeconds(30);
  private static final Duration SWEEP_INTERVAL = Duration.ofHours(6);

  /** Publications that stay however old they are. */
  private static final int PUBLICATIONS_KEPT = 3;

  /** Longest that a reader may take to fetch what was the newest publication when it began. */
  private static final Duration PUBLICATION_GRACE = Duration.ofMinutes(10);

  /** An object may be stored this long before something names it. */
  private static final Duration OBJECT_GRACE = Duration.ofHours(24);

  private static final String CLIENT_ID = "indexer-sweep";
  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(10);

  /** A process that is restarted often checks too. */
  private static final Duration CHECK_FIRST = Duration.ofMinutes(1);

  /** Nobody waits for a check. */
  private static final int CHECK_NICE = 15;

  private final SharedResources shared;
  private final ControlLog control;
  private final IndexingSettings settings;
  private final ConcurrentMap<Shard, GenerationIndexing> running = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, IndexingFailure> unstartable = new ConcurrentHashMap<>();
  private final Set<Integer> removed = new HashSet<>();
  private final BlockingQueue<ControlState> states = new LinkedBlockingQueue<>();
  private final Interval tidying = new Interval(TIDY_INTERVAL);
  private final Interval sweeping = new Interval(SWEEP_INTERVAL);
  private final Thread thread;
  private final Thread tidier;
  private final Thread checking;
  private volatile boolean closing;

  private FollowedGenerations(
      SharedResources shared, ControlLog control, IndexingSettings settings) {
    this.shared = shared;
    this.control = control;
    this.settings = settings;
    this.thread = Thread.ofPlatform().name("indexer-generations").daemon(true).unstarted(this::run);
    this.tidier =
        Thread.ofPlatform().name("indexer-tidying").daemon(true).unstarted(this::keepTidy);
    this.checking =
        Thread.ofPlatform().name("indexer-check").daemon(true).unstarted(this::checkPublished);
  }

  /** Starts following {@code control}. */
  public static FollowedGenerations start(
      KafkaClients clients,
      Publications publications,
      ControlLog control,
      SignalSender signals,
      MeterRegistry meters,
      InstantSource clock,
      IndexingSettings settings) {
    return start(clients, publications, control, signals, meters, Tracing.OFF, clock, settings);
  }

  /** Starts following {@code control}, and makes spans of what it does. */
  public static FollowedGenerations start(
      KafkaClients clients,
      Publications publications,
      ControlLog control,
      SignalSender signals,
      MeterRegistry meters,
      Tracing tracing,
      InstantSource clock,
      IndexingSettings settings) {
    return start(
        clients,
        publications,
        control,
        signals,
        meters,
        tracing,
        clock,
        settings,
        new DecodedImages(DECODED_BYTES_MAX));
  }

  /** As the other one, with images decoded by {@code decoded}. */
  static FollowedGenerations start(
      KafkaClients clients,
      Publications publications,
      ControlLog control,
      SignalSender signals,
      MeterRegistry meters,
      Tracing tracing,
      InstantSource clock,
      IndexingSettings settings,
      DecodedImages decoded) {
    FollowedGenerations followed =
        new FollowedGenerations(
            new SharedResources(
                clients,
                publications,
                signals,
                settings.device(),
                settings.trust(),
                new EmbeddingPool(settings.threads()),
                decoded,
                FatalImages.open(settings.folder()),
                meters,
                tracing,
                clock),
            control,
            settings);
    control.follow(followed.states::add);
    followed.states.add(control.state());
    followed.thread.start();
    followed.tidier.start();
    followed.checking.start();
    return followed;
  }

  /** Generations that cannot be indexed any further, by number. */
  public Map<Integer, IndexingFailure> failures() {
    Map<Integer, IndexingFailure> failures = new TreeMap<>(unstartable);
    running.forEach(
        (shard, indexing) ->
            indexing.failure().ifPresent(failure -> failures.put(shard.generation(), failure)));
    return failures;
  }

  /** True if embedding the image ended this process so often that it is not tried again. */
  public boolean isFatal(Digest image) {
    return shared.fatal().isFatal(image);
  }

  /** How every followed shard is, by the numbers of generation and shard. */
  public List<GenerationStatus> statuses() {
    return new TreeMap<>(running).values().stream().map(GenerationIndexing::status).toList();
  }

  @Override
  public String name() {
    return "indexing";
  }

  @Override
  public CheckResult check() {
    if (!thread.isAlive()) {
      return CheckResult.failed("the thread that follows control has ended; its log says why");
    }
    String broken =
        running.entrySet().stream()
            .filter(entry -> entry.getValue().isBroken())
            .map(entry -> entry.getKey().toString())
            .collect(Collectors.joining(", "));
    return broken.isEmpty()
        ? CheckResult.ok()
        : CheckResult.failed("indexing ended unexpectedly of " + broken);
  }

  /** Fails while something that indexing needs does not work; it is tried until it does. */
  public CheckResult readiness() {
    return details(status -> !status.phase().isOver() && !status.detail().isEmpty());
  }

  /**
   * Fails while this process writes nothing of a shard of its own, since another one does: nothing
   * is amiss with the index, but one of the two is not configured as somebody meant it.
   */
  public Check standingBy() {
    return new Check() {
      @Override
      public String name() {
        return "standing-by";
      }

      @Override
      public CheckResult check() {
        return details(status -> status.phase() == Phase.STANDING_BY);
      }
    };
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    tidier.interrupt();
    checking.interrupt();
    try {
      thread.join(Duration.ofSeconds(30));
      tidier.join(Duration.ofSeconds(30));
      // Reading a large object is not interrupted; nothing that this thread does needs an end.
      checking.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.values().forEach(GenerationIndexing::close);
    shared.pool().close();
  }

  private CheckResult details(Predicate<GenerationStatus> which) {
    String details =
        statuses().stream()
            .filter(which)
            .map(status -> new Shard(status.generation(), status.shard()) + ": " + status.detail())
            .collect(Collectors.joining("; "));
    return details.isEmpty() ? CheckResult.ok() : CheckResult.failed(details);
  }

  private void run() {
    ControlState state = ControlState.EMPTY;
    while (!closing) {
      try {
        ControlState newer = states.poll(TURN.toMillis(), TimeUnit.MILLISECONDS);
        for (; newer != null; newer = states.poll()) {
          state = newer;
        }
        follow(state);
        tellFailures();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        LOG.warn("control could not be followed, trying again", e);
      }
    }
  }

  /** In a bucket, reading the publications of a shard takes seconds. */
  private void keepTidy() {
    while (!closing) {
      try {
        TimeUnit.MILLISECONDS.sleep(TURN.toMillis());
        tidy();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("generations could not be tidied, trying again", e);
      }
    }
  }

  /** On a thread of its own: everything that is published may be a lot to read. */
  private void checkPublished() {
    ThreadNice.set(CHECK_NICE);
    long waitMillis = Math.min(CHECK_FIRST.toMillis(), settings.checkInterval().toMillis());
    while (!closing) {
      try {
        TimeUnit.MILLISECONDS.sleep(waitMillis);
        waitMillis = settings.checkInterval().toMillis();
        for (GenerationIndexing indexing : running.values()) {
          indexing.checkPublished();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("publications could not be checked, trying again: {}", e.toString());
      }
    }
  }

  private void follow(ControlState state) {
    for (IndexGeneration generation : state.generations().values()) {
      if (generation.state().isIndexed()) {
        Orders orders = Orders.of(state, generation);
        for (Shard shard : own(generation)) {
          GenerationIndexing indexing = running.get(shard);
          if (indexing == null) {
            start(state, generation, shard, orders);
          } else {
            indexing.order(orders);
          }
        }
      }
    }
    // Removing takes a while, and the others need not wait for their orders.
    for (IndexGeneration generation : state.generations().values()) {
      if (!generation.state().isIndexed() && !removed.contains(generation.number())) {
        tryToRemove(generation);
      }
    }
  }

  private void start(ControlState state, IndexGeneration generation, Shard shard, Orders orders) {
    EncoderRelease release = state.encoders().get(generation.encoderVersion());
    if (release == null || release.precisionOf(generation.encoder()).isEmpty()) {
      unstartable.put(
          generation.number(),
          new IndexingFailure(
              generation.number(),
              FailureCause.ENCODER_UNUSABLE,
              "encoder "
                  + generation.encoderVersion()
                  + " with digest "
                  + generation.encoder()
                  + " is not among the releases"));
      return;
    }
    LOG.info(
        "generation={} shard={} encoder={} state={} indexing starts",
        generation.number(),
        shard.shard(),
        generation.encoderVersion(),
        generation.state());
    running.put(
        shard,
        GenerationIndexing.start(generation, shard.shard(), release, shared, settings, orders));
  }

  /** One that cannot be removed yet holds up neither the others nor what is told of them. */
  private void tryToRemove(IndexGeneration generation) {
    try {
      remove(generation);
      removed.add(generation.number());
    } catch (RuntimeException e) {
      LOG.warn(
          "generation={} could not be removed, trying again: {}",
          generation.number(),
          e.toString());
    }
  }

  /** Replicas keep the files they have open; nobody opens an ended generation anew. */
  private void remove(IndexGeneration generation) {
    int number = generation.number();
    unstartable.remove(number);
    for (Shard shard : own(generation)) {
      GenerationIndexing indexing = running.remove(shard);
      if (indexing != null) {
        indexing.close();
        LOG.info("generation={} shard={} indexing ended", number, shard.shard());
      }
      shared.publications().deleteAll(number, shard.shard());
      IndexFiles.deleteFolder(settings.folder(number, shard.shard()));
      IndexFiles.deleteFolder(settings.liveFolder(number, shard.shard()));
    }
  }

  private List<Shard> own(IndexGeneration generation) {
    return settings.shards().of(generation.index().shards()).stream()
        .map(shard -> new Shard(generation.number(), shard))
        .toList();
  }

  private void tidy() throws InterruptedException {
    if (tidying.isDue()) {
      tidying.restart();
      for (Shard shard : running.keySet()) {
        shared
            .publications()
            .collectGarbage(
                shard.generation(), shard.shard(), PUBLICATIONS_KEPT, PUBLICATION_GRACE);
      }
    }
    if (sweeping.isDue()) {
      sweeping.restart();
      sweep();
    }
  }

  /** The rollout controller may be in another process. */
  private void tellFailures() {
    for (IndexingFailure failure : failures().values()) {
      shared
          .signals()
          .send(
              new ShardFailed(
                  shared.clock().instant(),
                  failure.generation(),
                  failure.cause(),
                  failure.detail()));
    }
  }

  /**
   * Deletes objects that a crash left before anything named them. The time is taken first and
   * {@code control} read to its end after it: to a process that stood still for days, before this
   * or in the middle of it, what was stored meanwhile would else be old and named by nobody.
   */
  private void sweep() throws InterruptedException {
    Instant olderThan = shared.clock().instant().minus(OBJECT_GRACE);
    try {
      control.awaitEnd(shared.clients(), CLIENT_ID, CONTROL_TIMEOUT);
    } catch (TimeoutException e) {
      LOG.warn("nothing is swept before control can be read: {}", e.getMessage());
      return;
    }
    RestoreClaims.giveUp(shared.publications(), control.state(), olderThan);
    Set<Digest> named = shared.publications().objects();
    for (EncoderRelease release : control.state().encoders().values()) {
      named.addAll(release.objects().values());
    }
    int deleted = shared.publications().store().collectGarbage(named::contains, olderThan);
    if (deleted > 0) {
      LOG.info("objects nobody names deleted, count={}", deleted);
    }
  }

  /** A shard of a generation, by their numbers. */
  record Shard(int generation, int shard) implements Comparable<Shard> {

    private static final Comparator<Shard> ORDER =
        Comparator.comparingInt(Shard::generation).thenComparingInt(Shard::shard);

    @Override
    public int compareTo(Shard other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return "generation " + generation + " shard " + shard;
    }
  }
}
