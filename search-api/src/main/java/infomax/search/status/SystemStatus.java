package infomax.search.status;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexingPause;
import infomax.events.signal.Signal.TrainingProgressed;
import infomax.search.live.AsOf;
import infomax.search.live.GenerationLoader;
import infomax.search.live.Lease;
import infomax.search.live.LiveGeneration;
import infomax.search.live.LoadedGenerations;
import infomax.search.live.LogEnd;
import infomax.search.query.EncoderBody;
import infomax.search.rejected.RejectedTail;
import infomax.search.status.StatusBody.Loaded;
import infomax.search.status.StatusBody.Paused;
import infomax.search.status.StatusBody.Rates;
import infomax.search.status.StatusBody.Roll;
import infomax.search.status.StatusBody.Serving;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers the status from everything that knows a part of it. Thread-safe. */
public final class SystemStatus {

  private static final Set<GenerationState> ON_THE_WAY =
      Set.of(GenerationState.BUILDING, GenerationState.CAUGHT_UP, GenerationState.VERIFIED);

  private final String replica;
  private final Supplier<ControlState> control;
  private final LoadedGenerations loaded;
  private final GenerationLoader loader;
  private final LogEnd logEnd;
  private final SignalWatch signals;
  private final RejectedTail rejected;
  private final LongSupplier queries;
  private final InstantSource clock;
  private final FreshnessWindow freshness;
  private final Rate queryRate = new Rate();

  /**
   * A status.
   *
   * @param queries searches answered so far
   */
  @SuppressWarnings("TooManyParameters") // it gathers; each is a source of its own
  public SystemStatus(
      String replica,
      Supplier<ControlState> control,
      LoadedGenerations loaded,
      GenerationLoader loader,
      LogEnd logEnd,
      SignalWatch signals,
      RejectedTail rejected,
      LongSupplier queries,
      InstantSource clock) {
    this.replica = replica;
    this.control = control;
    this.loaded = loaded;
    this.loader = loader;
    this.logEnd = logEnd;
    this.signals = signals;
    this.rejected = rejected;
    this.queries = queries;
    this.clock = clock;
    this.freshness = new FreshnessWindow(clock);
  }

  /** Notes the freshness of a publication that began to answer. */
  public void published(Duration publicationFreshness) {
    freshness.add(publicationFreshness);
  }

  /** Reads the counters that rates are made of; to be called about once a second. */
  void tick() {
    queryRate.read(queries.getAsLong(), System.nanoTime());
  }

  /** The status now. */
  StatusBody now() {
    ControlState state = control.get();
    Serving serving = serving();
    return new StatusBody(
        clock.instant(),
        replica,
        serving,
        loader.waiting().orElse(null),
        loaded.report().stream()
            .map(
                each ->
                    new Loaded(
                        each.generation(), each.serving(), each.sequence(), each.positions()))
            .toList(),
        roll(state, serving),
        training(state).orElse(null),
        freshness.summary(),
        new Rates(
            serving == null ? 0 : signals.imagesPerSecond(serving.generation()),
            queryRate.perSecond(System.nanoTime())),
        rejected.count(),
        state.encoders().size(),
        (int)
            state.requests().values().stream()
                .filter(request -> !request.status().isFinal())
                .count(),
        state.alias() == null ? null : state.alias().automaticRolls(),
        state.previous().map(IndexGeneration::number).orElse(null),
        paused(state.pause()));
  }

  private static @Nullable Paused paused(@Nullable IndexingPause pause) {
    return pause == null || !pause.paused()
        ? null
        : new Paused(pause.since(), pause.who(), pause.why());
  }

  private @Nullable Serving serving() {
    Optional<Lease> acquired = loaded.acquire();
    if (acquired.isEmpty()) {
      return null;
    }
    try (Lease lease = acquired.get()) {
      LiveGeneration live = lease.generation();
      OptionalLong lag = logEnd.lag(live.positions());
      return new Serving(
          live.number(),
          EncoderBody.of(live),
          live.published().sequence(),
          AsOf.Publication.of(live.published()),
          live.published().images(),
          live.positions(),
          lag.isPresent() ? lag.getAsLong() : null,
          live.published().publishedAt());
    }
  }

  private @Nullable Roll roll(ControlState state, @Nullable Serving serving) {
    return state.generations().values().stream()
        .filter(generation -> ON_THE_WAY.contains(generation.state()))
        .max(Comparator.comparingInt(IndexGeneration::number))
        .map(generation -> roll(generation, serving))
        .orElse(null);
  }

  private Roll roll(IndexGeneration generation, @Nullable Serving serving) {
    Optional<SignalWatch.Progress> progress = signals.generation(generation.number());
    return new Roll(
        generation.number(),
        generation.encoderVersion(),
        generation.state(),
        generation.since(),
        generation.reason(),
        generation.waitsFor(),
        progress.map(SignalWatch.Progress::images).orElse(0L),
        serving == null ? null : serving.images(),
        progress.map(SignalWatch.Progress::lag).orElse(null),
        signals.imagesPerSecond(generation.number()));
  }

  /** Progress of a training that control does not know to be over. */
  private Optional<TrainingProgressed> training(ControlState state) {
    return signals
        .training()
        .filter(
            progress -> {
              ControlRequest request = state.requests().get(progress.request());
              return request == null || !request.status().isFinal();
            });
  }
}
