package infomax.search.shadow;

import infomax.events.ImageId;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.ShadowComparison;
import infomax.events.control.ShadowComparison.Figures;
import infomax.events.signal.Signal;
import infomax.events.signal.Signal.ShadowCompared;
import infomax.index.Deadline;
import infomax.search.live.Lease;
import infomax.search.live.LiveGeneration;
import infomax.search.live.LoadedGenerations;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares every verified candidate that is loaded with the generation that answers, once, on the
 * queries kept here, and says so until the comparison is written down with the candidate. For one
 * thread: it costs as much as one more client for the time of twice as many searches.
 */
public final class ShadowComparing {

  private static final Logger LOG = LoggerFactory.getLogger(ShadowComparing.class);
  private static final double PERSISTENCE = 0.9;

  /** Well below the time for which the rollout controller waits by default. */
  private static final Duration TIME_LIMIT = Duration.ofSeconds(20);

  private final Supplier<ControlState> control;
  private final LoadedGenerations loaded;
  private final RecentQueries recent;
  private final Consumer<Signal> signals;
  private final String replica;
  private final InstantSource clock;
  private final Map<Integer, ShadowComparison> made = new HashMap<>();

  /**
   * Has compared nothing yet.
   *
   * @param control the newest state
   * @param loaded what can be compared
   * @param recent the queries
   * @param signals where comparisons are told
   * @param replica name of this replica
   */
  public ShadowComparing(
      Supplier<ControlState> control,
      LoadedGenerations loaded,
      RecentQueries recent,
      Consumer<Signal> signals,
      String replica,
      InstantSource clock) {
    this.control = control;
    this.loaded = loaded;
    this.recent = recent;
    this.signals = signals;
    this.replica = replica;
    this.clock = clock;
  }

  /** Compares what is to be compared, and tells. */
  public void turn() {
    ControlState state = control.get();
    made.keySet().removeIf(number -> !isVerified(state.generations().get(number)));
    for (IndexGeneration candidate : state.generations().values()) {
      if (isVerified(candidate)) {
        compare(candidate);
      }
    }
  }

  private static boolean isVerified(@Nullable IndexGeneration generation) {
    return generation != null && generation.state() == GenerationState.VERIFIED;
  }

  private void compare(IndexGeneration candidate) {
    Optional<Lease> answering = loaded.acquire();
    if (answering.isEmpty()) {
      return;
    }
    try (Lease live = answering.get()) {
      ShadowComparison known = candidate.shadow();
      int number = live.generation().number();
      if (number == candidate.number() || (known != null && known.live() == number)) {
        return;
      }
      loaded
          .acquire(candidate.number())
          .ifPresent(
              lease -> {
                try (lease) {
                  tell(candidate.number(), compared(live.generation(), lease.generation()));
                }
              });
    }
  }

  /** One without queries is made anew, since some may come meanwhile. */
  private ShadowComparison compared(LiveGeneration live, LiveGeneration candidate) {
    ShadowComparison before = made.get(candidate.number());
    if (before != null && before.live() == live.number() && before.queries() > 0) {
      return before;
    }
    ShadowComparison comparison = compare(live, candidate, recent.all());
    made.put(candidate.number(), comparison);
    return comparison;
  }

  private void tell(int candidate, ShadowComparison comparison) {
    signals.accept(new ShadowCompared(clock.instant(), replica, candidate, comparison));
  }

  private ShadowComparison compare(
      LiveGeneration live, LiveGeneration candidate, List<RecentQuery> queries) {
    if (queries.isEmpty()) {
      return none(live, "no query was made that could be compared");
    }
    Deadline deadline = Deadline.after(TIME_LIMIT);
    Pair pair = new Pair(new ShadowAnswers(live, deadline), new ShadowAnswers(candidate, deadline));
    try {
      // The first search of an encoder or an index pays for what the others find ready.
      pair.warm(queries.getFirst());
      for (RecentQuery query : queries) {
        pair.ask(query);
      }
    } catch (Deadline.OutOfTimeException e) {
      // Those that were answered in time are a sample as well.
      LOG.debug(
          "generation={} was not compared on every query: {}", candidate.number(), e.getMessage());
    }
    if (pair.queries == 0) {
      return none(
          live, "none of " + queries.size() + " recent queries could be answered by both in time");
    }
    return new ShadowComparison(
        live.number(),
        replica,
        clock.instant(),
        pair.queries,
        pair.figures(),
        pair.queries + " of " + queries.size() + " recent queries were answered by both");
  }

  private ShadowComparison none(LiveGeneration live, String reason) {
    return ShadowComparison.none(live.number(), replica, clock.instant(), reason);
  }

  /** Sums over the queries that both answer. */
  private static final class Pair {
    private final ShadowAnswers live;
    private final ShadowAnswers candidate;
    private final Latencies liveTimes = new Latencies();
    private final Latencies candidateTimes = new Latencies();
    private double overlap;
    private double rankBiased;
    private int queries;
    private boolean candidateFirst;

    Pair(ShadowAnswers live, ShadowAnswers candidate) {
      this.live = live;
      this.candidate = candidate;
    }

    void warm(RecentQuery query) {
      live.to(query);
      candidate.to(query);
    }

    /** In turns, so that neither always finds what the other brought into the caches. */
    void ask(RecentQuery query) {
      candidateFirst = !candidateFirst;
      Timed first = Timed.of(candidateFirst ? candidate : live, query);
      Timed second = Timed.of(candidateFirst ? live : candidate, query);
      Timed ofLive = candidateFirst ? second : first;
      Timed ofCandidate = candidateFirst ? first : second;
      if (ofLive.hits().isEmpty() || ofCandidate.hits().isEmpty()) {
        return;
      }
      queries++;
      liveTimes.add(ofLive.nanos());
      candidateTimes.add(ofCandidate.nanos());
      List<ImageId> one = ofLive.hits().get();
      List<ImageId> other = ofCandidate.hits().get();
      overlap += RankedOverlap.at(ShadowAnswers.DEPTH, one, other);
      rankBiased += RankedOverlap.rankBiased(PERSISTENCE, one, other);
    }

    Figures figures() {
      return new Figures(
          overlap / queries, rankBiased / queries, liveTimes.summary(), candidateTimes.summary());
    }
  }

  private record Timed(Optional<List<ImageId>> hits, long nanos) {
    static Timed of(ShadowAnswers answers, RecentQuery query) {
      long startNanos = System.nanoTime();
      Optional<List<ImageId>> hits = answers.to(query);
      return new Timed(hits, System.nanoTime() - startNanos);
    }
  }
}
