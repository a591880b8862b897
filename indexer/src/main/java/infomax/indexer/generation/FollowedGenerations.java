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
import infomax.runtime.signal.SignalSender;
import infomax.runtime.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one {@link GenerationIndexing} for every shard of its own of every generation that {@code
 * control} wants indexed, and removes what ended ones leave behind. Orders are given on one thread,
 * the public methods may be called by any.
 */
public final class FollowedGenerations implements AutoCloseable, Check {

  /** About 20,000 images of 32 px. */
  private static final long DECODED_BYTES_MAX = 64L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(FollowedGenerations.class);
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final SharedResources shared;
  private final IndexingSettings settings;
  private final ConcurrentMap<Shard, GenerationIndexing> running = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, IndexingFailure> unstartable = new ConcurrentHashMap<>();
  private final Set<Integer> removed = new HashSet<>();
  private final BlockingQueue<ControlState> states = new LinkedBlockingQueue<>();
  private final StoreTidying tidying;
  private final PublicationChecks checks;
  private final Thread thread;
  private volatile boolean closing;

  private FollowedGenerations(
      SharedResources shared, ControlLog control, IndexingSettings settings) {
    this.shared = shared;
    this.settings = settings;
    this.thread = Thread.ofPlatform().name("indexer-generations").daemon(true).unstarted(this::run);
    this.tidying = new StoreTidying(shared, control, running::keySet);
    this.checks = new PublicationChecks(running::values, settings.checkInterval());
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
    followed.tidying.start();
    followed.checks.start();
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
    try {
      thread.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tidying.close();
    checks.close();
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
}
