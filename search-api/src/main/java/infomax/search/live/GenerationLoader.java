package infomax.search.live;

import infomax.encoder.Encoder;
import infomax.encoder.signature.ReleaseTrust;
import infomax.events.Digest;
import infomax.events.Positions;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import infomax.index.Manifest;
import infomax.index.Metric;
import infomax.index.Publications;
import infomax.index.PublishedIndex;
import infomax.index.PublishedShards;
import infomax.index.QueryVector;
import infomax.index.VectorQuery;
import infomax.store.Backoff;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the newest publication of every generation that replicas load into {@link
 * LoadedGenerations}, and moves the answering to the generation the live alias names as soon as
 * that one is loaded and not behind what answered. One turn at a time, by one thread.
 */
public final class GenerationLoader {

  private static final Logger LOG = LoggerFactory.getLogger(GenerationLoader.class);
  private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
  private static final Duration RETRY_LONGEST = Duration.ofSeconds(10);

  /**
   * While the alias names another generation, the answering one takes no newer publication for at
   * most this long: two generations that follow the same log would else take turns being ahead, and
   * the move would be a matter of luck.
   */
  private static final Duration STILL_MAX = Duration.ofSeconds(2);

  private final Supplier<ControlState> control;
  private final Publications publications;
  private final LoadedGenerations loaded;
  private final Path cache;
  private final Encoder.Execution execution;
  private final ReleaseTrust trust;
  private final InstantSource clock;
  private final Runnable afterLoad;
  private final Map<Integer, Retry> retries = new ConcurrentHashMap<>();
  private @Nullable Instant stillSince;
  private final LongAdder fetchedBytes = new LongAdder();
  private boolean tidied;
  private volatile @Nullable Waiting waiting;

  /**
   * A loader.
   *
   * @param control the newest state
   * @param cache folder for opened publications
   * @param execution where and how encoders run
   * @param trust whose encoders are used
   * @param afterLoad called after every change of what is loaded or answers
   */
  public GenerationLoader(
      Supplier<ControlState> control,
      Publications publications,
      LoadedGenerations loaded,
      Path cache,
      Encoder.Execution execution,
      ReleaseTrust trust,
      InstantSource clock,
      Runnable afterLoad) {
    this.control = control;
    this.publications = publications;
    this.loaded = loaded;
    this.cache = cache;
    this.execution = execution;
    this.trust = trust;
    this.clock = clock;
    this.afterLoad = afterLoad;
  }

  /** What the answering waits for, if the alias names a generation that does not answer yet. */
  public Optional<Waiting> waiting() {
    return Optional.ofNullable(waiting);
  }

  /**
   * Why the newest publication of a generation cannot be loaded for now, by its number; what was
   * loaded before goes on answering. Empty if nothing is wrong.
   */
  public Map<Integer, String> problems() {
    Map<Integer, String> problems = new TreeMap<>();
    retries.forEach((number, retry) -> problems.put(number, retry.problem));
    return problems;
  }

  /** Bytes of files brought here so far, linked ones included. */
  public long fetchedBytes() {
    return fetchedBytes.sum();
  }

  /** Looks once and loads what is new. */
  public void turn() {
    ControlState state = control.get();
    if (!tidied) {
      tidied = true;
      CacheFolder.deleteAllBut(cache, wanted(state));
    }
    boolean still = standsStill(state);
    for (IndexGeneration generation : state.generations().values()) {
      boolean answers =
          loaded.serving().filter(number -> number == generation.number()).isPresent();
      if (generation.state().isLoaded() && !(answers && still)) {
        tryFollow(generation, state);
      }
    }
    moveTo(state.alias());
    dropEnded(state);
  }

  /** True while the answering generation shall not move ahead of the one that takes over. */
  private boolean standsStill(ControlState state) {
    LiveAlias alias = state.alias();
    boolean moving =
        alias != null
            && loaded.serving().filter(number -> number != alias.generation()).isPresent()
            && loaded.byNumber().containsKey(alias.generation());
    if (!moving) {
      stillSince = null;
      return false;
    }
    Instant now = clock.instant();
    Instant since = stillSince == null ? now : stillSince;
    boolean over = now.isAfter(since.plus(STILL_MAX));
    stillSince = over ? null : since;
    return !over;
  }

  private void tryFollow(IndexGeneration generation, ControlState state) {
    int number = generation.number();
    Retry retry = retries.get(number);
    if (retry != null && clock.instant().isBefore(retry.notBefore)) {
      return;
    }
    try {
      follow(generation, state);
      if (retries.remove(number) != null) {
        LOG.info("generation={} can be loaded again", number);
      }
    } catch (RuntimeException e) {
      // What is loaded goes on answering; a newer publication or a later try may do better.
      Retry failed = retries.computeIfAbsent(number, _ -> new Retry());
      if (!e.toString().equals(failed.problem)) {
        LOG.warn("generation={} cannot be loaded, tried until it can: {}", number, e.toString());
      }
      failed.after(e, clock.instant());
    }
  }

  private void follow(IndexGeneration generation, ControlState state) {
    LiveGeneration current = loaded.byNumber().get(generation.number());
    Optional<PublishedShards> newest =
        publications
            .latest(generation.number())
            .map(found -> current == null ? found : found.after(current.published()))
            .filter(found -> current == null || !found.equals(current.published()));
    if (newest.isEmpty()) {
      return;
    }
    EncoderRelease release = state.encoders().get(generation.encoderVersion());
    Digest file = newest.get().encoder();
    if (release == null
        || !file.equals(generation.encoder())
        || release.precisionOf(file).isEmpty()) {
      throw new IllegalStateException(
          "publication was made with encoder "
              + file
              + ", expected "
              + generation.encoder()
              + " of release "
              + generation.encoderVersion());
    }
    open(newest.get(), release, current);
  }

  private void open(
      PublishedShards published, EncoderRelease release, @Nullable LiveGeneration current) {
    // It may ask the store, which may fail: before anything is open that would have to be closed.
    Instant oldest = oldestNew(published, current);
    ServedEncoder encoder =
        current != null && current.servedEncoder().tryRetain()
            ? current.servedEncoder()
            : ServedEncoder.open(
                publications.store(), release, published.encoder(), execution, trust);
    PublishedIndex index;
    try {
      index =
          PublishedIndex.open(
              publications.store(),
              published,
              folder(published.generation()),
              current == null ? null : current.index());
    } catch (RuntimeException e) {
      encoder.releaseReference();
      throw e;
    }
    fetchedBytes.add(published.bytesBeyond(current == null ? null : current.published()));
    if (current == null) {
      warm(index, encoder);
    }
    Duration freshness = oldest == null ? null : Duration.between(oldest, clock.instant());
    loaded.put(new LiveGeneration(encoder, index, freshness));
    if (current == null) {
      LOG.info(
          "loaded generation={} encoder={} sequence={} images={}",
          published.generation(),
          release.version(),
          published.sequences(),
          published.images());
    }
    afterLoad.run();
  }

  /** The first search of an index reads its files; no request should have to wait for that. */
  private static void warm(PublishedIndex index, ServedEncoder encoder) {
    try {
      index
          .sample(1, 0)
          .forEach(
              image ->
                  index.search(
                      VectorQuery.nearest(QueryVector.of(image), 10, false, Metric.COSINE)));
    } catch (RuntimeException e) {
      // It is opened anew at the next attempt.
      index.close();
      encoder.releaseReference();
      throw e;
    }
  }

  /** When the oldest record new since the publications opened before was written. */
  private @Nullable Instant oldestNew(PublishedShards published, @Nullable LiveGeneration current) {
    if (current == null) {
      return null;
    }
    Instant oldest = null;
    for (Manifest manifest : published.shards()) {
      Manifest before = current.published().shards().get(manifest.shard());
      oldest = older(oldest, oldestSince(manifest, before.sequence()));
    }
    return oldest;
  }

  /** It may lie in a publication that was skipped. */
  private @Nullable Instant oldestSince(Manifest manifest, long before) {
    Instant oldest = null;
    for (long sequence = manifest.sequence(); sequence > before; sequence--) {
      oldest =
          older(
              oldest,
              sequence == manifest.sequence()
                  ? manifest.oldestTimestamp()
                  : publications
                      .read(manifest.generation(), manifest.shard(), sequence)
                      .map(Manifest::oldestTimestamp)
                      .orElse(null));
    }
    return oldest;
  }

  private static @Nullable Instant older(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }

  private void moveTo(@Nullable LiveAlias alias) {
    if (alias == null || loaded.serving().filter(n -> n == alias.generation()).isPresent()) {
      waiting = null;
      return;
    }
    LiveGeneration target = loaded.byNumber().get(alias.generation());
    if (target == null) {
      waiting = new Waiting(alias.generation(), whyNotLoaded(alias.generation()));
      return;
    }
    Positions bar =
        loaded
            .serving()
            .map(number -> loaded.byNumber().get(number))
            .map(LiveGeneration::positions)
            .orElse(Positions.START);
    if (!target.positions().reaches(bar)) {
      long behind = target.positions().lagTo(bar);
      waiting =
          new Waiting(alias.generation(), "it is " + behind + " offsets behind what answers now");
      return;
    }
    loaded.serve(alias.generation());
    waiting = null;
    afterLoad.run();
  }

  private String whyNotLoaded(int number) {
    String problem = problems().get(number);
    return problem == null ? "it is being loaded" : "it cannot be loaded for now: " + problem;
  }

  private void dropEnded(ControlState state) {
    for (int number : List.copyOf(loaded.byNumber().keySet())) {
      IndexGeneration generation = state.generations().get(number);
      boolean wanted = generation != null && generation.state().isLoaded();
      if (!wanted && loaded.serving().filter(serving -> serving == number).isEmpty()) {
        loaded.drop(number);
        retries.remove(number);
        CacheFolder.delete(folder(number));
        afterLoad.run();
      }
    }
  }

  /** Folders a replica that ran before may have left for this one. */
  private Set<Path> wanted(ControlState state) {
    return state.generations().values().stream()
        .filter(generation -> generation.state().isLoaded())
        .map(generation -> folder(generation.number()))
        .collect(Collectors.toSet());
  }

  private Path folder(int generation) {
    return cache.resolve("generation-" + generation);
  }

  /** A generation that could not be loaded at the last attempt. */
  private static final class Retry {
    private final Backoff backoff = new Backoff(RETRY_FIRST, RETRY_LONGEST);
    private Instant notBefore = Instant.MIN;
    private volatile String problem = "";

    void after(RuntimeException failure, Instant now) {
      problem = failure.toString();
      notBefore = now.plus(backoff.next());
    }
  }
}
