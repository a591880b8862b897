package infomax.search.query;

import infomax.runtime.http.Problem;
import infomax.search.query.StageTimes.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * What is measured of searches. Outcomes are {@code answered}, {@code failed} or the code of the
 * problem that refused, so that there are as many as there are codes. Thread-safe.
 */
public final class SearchMeters {

  private static final String OUTCOMES = "infomax.search.requests";
  private static final String FAILED = "failed";
  private static final String ANSWERED = "answered";

  private final MeterRegistry registry;
  private final Timer durations;
  private final DistributionSummary visited;
  private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);

  /** Meters in {@code registry}, with what never happened yet at 0. */
  public SearchMeters(MeterRegistry registry) {
    this.registry = registry;
    this.durations =
        Timer.builder("infomax.search.duration")
            .description("time to the answer of a search or a batch that was answered")
            .serviceLevelObjectives(
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMillis(2500),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30))
            .register(registry);
    this.visited =
        DistributionSummary.builder("infomax.search.visited.vectors")
            .description("vectors a search looked at, along the graph or by a scan")
            .serviceLevelObjectives(100, 300, 1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6)
            .register(registry);
    for (Stage stage : Stage.values()) {
      stages.put(
          stage,
          Timer.builder("infomax.search.stage.duration")
              .description("time of one stage of the searches that were answered and had it")
              .tag("stage", stage.label())
              .register(registry));
    }
    outcome(ANSWERED);
    outcome(FAILED);
  }

  /** Makes an answer and counts what became of it. */
  <T> T measured(StageTimes times, Making<T> making) throws InterruptedException {
    long startNanos = System.nanoTime();
    String outcome = FAILED;
    try {
      T answer = making.make(times);
      outcome = ANSWERED;
      durations.record(Duration.ofNanos(System.nanoTime() - startNanos));
      stages.forEach(
          (stage, timer) -> {
            if (times.nanos(stage) > 0) {
              timer.record(Duration.ofNanos(times.nanos(stage)));
            }
          });
      return answer;
    } catch (Problem problem) {
      outcome = problem.code();
      throw problem;
    } finally {
      outcome(outcome).increment();
    }
  }

  /** A search looked at so many vectors. */
  void visited(long vectors) {
    visited.record((double) vectors);
  }

  private Counter outcome(String outcome) {
    return Counter.builder(OUTCOMES)
        .description("searches and batches, by what became of them")
        .tag("outcome", outcome)
        .register(registry);
  }

  /** Makes an answer. */
  @FunctionalInterface
  interface Making<T> {
    /** Makes it. */
    T make(StageTimes times) throws InterruptedException;
  }
}
