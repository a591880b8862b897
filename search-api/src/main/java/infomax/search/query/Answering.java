package infomax.search.query;

import infomax.events.Positions;
import infomax.events.Token;
import infomax.index.Deadline;
import infomax.index.PublishedShards;
import infomax.runtime.http.Problem;
import infomax.search.live.AsOf;
import infomax.search.live.Lease;
import infomax.search.live.LiveGeneration;
import infomax.search.live.LoadedGenerations;
import infomax.search.live.LogEnd;
import infomax.search.live.PastPublications;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Finds the generation that may answer a request, holds it while the answer is made, and limits how
 * many answers are made at once and for how long. Thread-safe.
 */
public final class Answering {

  private final LoadedGenerations loaded;
  private final PastPublications past;
  private final LogEnd logEnd;
  private final Turns turns;

  /**
   * Answering from what is loaded.
   *
   * @param past opens what was answered from before
   * @param atOnce answers made at the same time; more wait, and are refused after 2 s
   */
  public Answering(LoadedGenerations loaded, PastPublications past, LogEnd logEnd, int atOnce) {
    this.loaded = loaded;
    this.past = past;
    this.logEnd = logEnd;
    this.turns = new Turns(atOnce);
  }

  /** Answers that are being made. */
  public int running() {
    return turns.running();
  }

  /** Requests that wait until one of them ends. */
  public int waiting() {
    return turns.waiting();
  }

  /** Makes an answer; everything in it comes from one generation. */
  @FunctionalInterface
  interface Answer<T> {
    /** Makes it before the deadline. */
    T from(LiveGeneration live, Deadline deadline);
  }

  /**
   * Does some work in a turn, without a generation.
   *
   * @throws Problem 503 if there is no turn to be had, or time runs out
   */
  <T> T inTurn(Demands demands, Function<Deadline, T> work) throws InterruptedException {
    Deadline deadline = Deadline.after(demands.timeLimit());
    try (Turns.Turn _ = turns.take(deadline)) {
      return work.apply(deadline);
    } catch (Deadline.OutOfTimeException e) {
      throw outOfTime(demands, e);
    }
  }

  /**
   * Answers from the generation that fulfils the demands.
   *
   * @throws Problem 404 if the publication asked for is not available, 409 if the generation asked
   *     for is not loaded, 503 if there is none, it is too far behind, or time runs out, 504 if the
   *     writes asked for are not searchable in time
   */
  <T> T answer(Demands demands, Answer<T> answer) throws InterruptedException {
    try (Lease lease = lease(demands)) {
      verifyLag(demands, lease.generation());
      Deadline deadline = Deadline.after(demands.timeLimit());
      try (Turns.Turn _ = turns.take(deadline)) {
        return answer.from(lease.generation(), deadline);
      } catch (Deadline.OutOfTimeException e) {
        throw outOfTime(demands, e);
      }
    }
  }

  private static Problem outOfTime(Demands demands, Deadline.OutOfTimeException cause) {
    return Problem.of(
            503,
            "out_of_time",
            cause.getMessage()
                + "; ask again later, for fewer images or candidates or without exact, or with a"
                + " timeLimit up to "
                + Demands.TIME_LIMIT_MAX.toSeconds()
                + "s")
        .with("field", "timeLimit")
        .with("limit", demands.timeLimit().toMillis() + "ms");
  }

  /** What an answer from this generation knows about itself. */
  Provenance provenance(LiveGeneration live) {
    return Provenance.of(live, logEnd);
  }

  private Lease lease(Demands demands) throws InterruptedException {
    Integer number = demands.generation();
    Supplier<Optional<Lease>> acquire =
        number == null ? loaded::acquire : () -> loaded.acquire(number);
    List<Token> tokens = demands.consistency().tokens();
    if (!tokens.isEmpty()) {
      Optional<Lease> satisfied =
          loaded.await(
              acquire,
              live -> tokens.stream().allMatch(live.positions()::satisfies),
              demands.consistency().timeout());
      if (satisfied.isPresent()) {
        return satisfied.get();
      }
    }
    Lease lease = acquire.get().orElseThrow(() -> absent(demands));
    if (demands.asOf() != null) {
      try (lease) {
        return past(lease.generation(), demands.asOf());
      }
    }
    if (tokens.isEmpty()) {
      return lease;
    }
    try (lease) {
      throw notYet(demands.consistency(), lease.generation());
    }
  }

  private Lease past(LiveGeneration live, AsOf asOf) {
    return switch (past.acquire(live, asOf)) {
      case PastPublications.Outcome.Found(Lease lease) -> lease;
      case PastPublications.Outcome.Busy(int openMax) ->
          throw Problem.of(
              503,
              "past_busy",
              openMax + " publications of the past are open and in use; ask again later");
      case PastPublications.Outcome.StoreUnavailable _ ->
          throw Problem.of(
              503, "store_unavailable", "the object store does not answer; ask again later");
      case PastPublications.Outcome.Unavailable unavailable ->
          throw notAvailable(live, asOf, unavailable);
    };
  }

  private static Problem notAvailable(
      LiveGeneration live, AsOf asOf, PastPublications.Outcome.Unavailable range) {
    PublishedShards oldest = range.oldest() == null ? live.published() : range.oldest();
    PublishedShards newest = range.newest() == null ? live.published() : range.newest();
    return Problem.of(
            404,
            "publication_not_available",
            "asOf is "
                + asOf
                + ", expected a publication of generation "
                + live.number()
                + " from "
                + AsOf.Publication.of(oldest)
                + " of "
                + oldest.publishedAt()
                + " to "
                + AsOf.Publication.of(newest)
                + " of "
                + newest.publishedAt())
        .with("field", "asOf")
        .with("oldest", available(oldest))
        .with("newest", available(newest));
  }

  private static Map<String, Object> available(PublishedShards published) {
    return Map.of(
        "publication",
        AsOf.Publication.of(published),
        "publishedAt",
        published.publishedAt().toString());
  }

  private Problem absent(Demands demands) {
    if (demands.generation() == null) {
      return Problem.of(
          503, "not_ready", "no generation is live yet; the first index is being built");
    }
    List<Integer> numbers = loaded.report().stream().map(each -> each.generation()).toList();
    return Problem.of(
            409,
            "generation_not_loaded",
            "generation is "
                + demands.generation()
                + ", expected one of those loaded: "
                + numbers
                + "; begin again without generation")
        .with("field", "generation")
        .with("expected", numbers);
  }

  private void verifyLag(Demands demands, LiveGeneration live) {
    Long maxLag = demands.maxLag();
    if (maxLag == null) {
      return;
    }
    OptionalLong lag = logEnd.lag(live.positions());
    if (lag.isEmpty()) {
      throw Problem.of(503, "lag_unknown", "the end of the log is unknown; ask again later");
    }
    if (lag.getAsLong() > maxLag) {
      throw Problem.of(
              503,
              "too_stale",
              "generation "
                  + live.number()
                  + " is "
                  + lag.getAsLong()
                  + " offsets behind the log, expected at most maxLag "
                  + maxLag
                  + "; ask again later")
          .with("field", "maxLag")
          .with("limit", maxLag)
          .with("lag", lag.getAsLong())
          .with("positions", live.positions());
    }
  }

  private static Problem notYet(Consistency consistency, LiveGeneration live) {
    Positions positions = live.positions();
    List<Map<String, Object>> missing =
        consistency.tokens().stream()
            .filter(token -> !positions.satisfies(token))
            .map(
                token ->
                    Map.<String, Object>of(
                        "token",
                        token,
                        "position",
                        positions.offset(token.partition()),
                        "behind",
                        token.offset() + 1 - positions.offset(token.partition())))
            .toList();
    return Problem.of(
            504,
            "not_yet_searchable",
            missing.size()
                + " of "
                + consistency.tokens().size()
                + " tokens are not searchable after "
                + consistency.timeout().toMillis()
                + " ms; ask again, or with a longer consistency.timeout")
        .with("field", "consistency")
        .with("missing", missing)
        .with("positions", positions)
        .with("generation", live.number());
  }
}
