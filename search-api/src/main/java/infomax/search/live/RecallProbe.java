package infomax.search.live;

import infomax.events.signal.Signal.LoadedGeneration;
import infomax.index.Deadline;
import infomax.index.Recall;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Measures on live data how much search along the graph misses: now and then some images of every
 * loaded generation are searched for both ways. For one thread, which had better yield to all
 * others.
 */
public final class RecallProbe {

  private static final int QUERIES = 20;
  private static final Duration TIME_LIMIT = Duration.ofSeconds(60);

  private final LoadedGenerations loaded;
  private final MultiGauge recall;
  private final Timer probes;
  private long seed;

  /** A probe that has not measured yet. */
  public RecallProbe(LoadedGenerations loaded, MeterRegistry registry) {
    this.loaded = loaded;
    this.recall =
        MultiGauge.builder("infomax.recall.ratio")
            .description("recall@10 of the last probe, 0 to 1, by generation")
            .register(registry);
    this.probes =
        Timer.builder("infomax.recall.probe")
            .description("time of a probe of every loaded generation")
            .register(registry);
  }

  /** Measures every loaded generation, each time with other images. */
  public void probe() {
    long startNanos = System.nanoTime();
    seed++;
    List<Row<?>> rows = new ArrayList<>();
    for (LoadedGeneration generation : loaded.report()) {
      measure(generation.generation())
          .ifPresent(
              measured ->
                  rows.add(
                      Row.of(
                          Tags.of("generation", Integer.toString(generation.generation())),
                          measured)));
    }
    recall.register(rows, true);
    probes.record(Duration.ofNanos(System.nanoTime() - startNanos));
  }

  private OptionalDouble measure(int generation) {
    Optional<Lease> held = loaded.acquire(generation);
    if (held.isEmpty()) {
      return OptionalDouble.empty();
    }
    try (Lease lease = held.get()) {
      return Recall.measure(lease.generation().index(), QUERIES, seed, Deadline.after(TIME_LIMIT));
    }
  }
}
