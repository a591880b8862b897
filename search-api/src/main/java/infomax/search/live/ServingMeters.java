package infomax.search.live;

import infomax.events.control.EncoderRelease;
import infomax.events.control.ServedPrecision;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/**
 * What is measured of the generation that answers: which it is, how fresh it is and how far behind.
 * Thread-safe.
 */
public final class ServingMeters {

  private final LoadedGenerations loaded;
  private final Timer freshness;
  private final MultiGauge encoder;

  private ServingMeters(LoadedGenerations loaded, MeterRegistry registry) {
    this.loaded = loaded;
    this.freshness =
        Timer.builder("infomax.freshness")
            .description("oldest record new in a publication to its opening here")
            .serviceLevelObjectives(
                Duration.ofMillis(100),
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                Duration.ofMillis(750),
                Duration.ofSeconds(1),
                Duration.ofMillis(1500),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5))
            .register(registry);
    this.encoder =
        MultiGauge.builder("infomax.encoder.info")
            .description("1 for the encoder of the generation that answers")
            .register(registry);
  }

  /** Measures from now on. */
  public static void register(LoadedGenerations loaded, LogEnd logEnd, MeterRegistry registry) {
    ServingMeters meters = new ServingMeters(loaded, registry);
    loaded.follow((_, _, _) -> meters.served());
    Gauge.builder("infomax.generation", loaded, all -> all.serving().orElse(0))
        .description("generation that answers, 0 if none does")
        .register(registry);
    meters.gauge(
        registry,
        "infomax.search.images",
        "images in the publication that answers",
        live -> live.index().images());
    meters.gauge(
        registry,
        "infomax.search.lag.offsets",
        "offsets between what answers and the end of the log",
        live -> {
          OptionalLong lag = logEnd.lag(live.positions());
          return lag.isPresent() ? lag.getAsLong() : Double.NaN;
        });
  }

  /** A figure of what answers; NaN while nothing does. */
  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<LiveGeneration> figure) {
    Gauge.builder(
            name,
            () -> {
              Optional<Lease> serving = loaded.acquire();
              if (serving.isEmpty()) {
                return Double.NaN;
              }
              try (Lease lease = serving.get()) {
                return figure.applyAsDouble(lease.generation());
              }
            })
        .description(description)
        .register(registry);
  }

  private void served() {
    loaded
        .acquire()
        .ifPresent(
            lease -> {
              try (lease) {
                lease.generation().freshness().ifPresent(freshness::record);
                encoder.register(List.of(MultiGauge.Row.of(tags(lease.generation()), 1)));
              }
            });
  }

  private static Tags tags(LiveGeneration live) {
    EncoderRelease release = live.release();
    ServedPrecision precision =
        release.precisionOf(live.encoder().digest()).orElse(ServedPrecision.FLOAT32);
    return Tags.of(
        "version", Integer.toString(release.version()),
        "digest", live.encoder().digest().hex(),
        "precision", precision.name().toLowerCase(Locale.ROOT),
        "verdict", release.verdict().name().toLowerCase(Locale.ROOT));
  }
}
