package infomax.indexer.generation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Figures of one shard's indexing, removed when it ends. Thread-safe. */
final class GenerationMeters implements AutoCloseable {

  private final MeterRegistry registry;
  private final AtomicLong lag = new AtomicLong();
  private final AtomicLong images = new AtomicLong();
  private final AtomicLong segments = new AtomicLong();
  private final AtomicLong merging = new AtomicLong();
  private final Counter embedded;
  private final Counter rejected;
  private final Timer commits;
  private final Timer publications;
  private final Timer freshness;
  private final List<Meter> meters;

  GenerationMeters(MeterRegistry registry, int generation, int shard) {
    Tags tags =
        Tags.of("generation", Integer.toString(generation), "shard", Integer.toString(shard));
    this.registry = registry;
    this.embedded =
        Counter.builder("infomax.indexer.embedded")
            .description("images embedded")
            .tags(tags)
            .register(registry);
    this.rejected =
        Counter.builder("infomax.indexer.rejected")
            .description("records that could not be indexed")
            .tags(tags)
            .register(registry);
    this.commits = timer("infomax.indexer.commit", "time of a commit", tags);
    this.publications = timer("infomax.indexer.publish", "time of a publication", tags);
    this.freshness = timer("infomax.indexer.freshness", "record timestamp to publication", tags);
    this.meters =
        List.of(
            embedded,
            rejected,
            commits,
            publications,
            freshness,
            Gauge.builder("infomax.indexer.lag", lag, AtomicLong::get)
                .description("offsets to the end of the log")
                .tags(tags)
                .register(registry),
            Gauge.builder("infomax.indexer.images", images, AtomicLong::get)
                .description("live documents")
                .tags(tags)
                .register(registry),
            Gauge.builder("infomax.indexer.segments", segments, AtomicLong::get)
                .description("segments that a search visits")
                .tags(tags)
                .register(registry),
            Gauge.builder("infomax.indexer.merging", merging, AtomicLong::get)
                .description("1 while the index is merged to few segments")
                .tags(tags)
                .register(registry));
  }

  void embedded(long count) {
    embedded.increment((double) count);
  }

  void rejected() {
    rejected.increment();
  }

  void committed(Duration took, long liveDocuments, int searched) {
    commits.record(took);
    images.set(liveDocuments);
    segments.set(searched);
  }

  void merging(boolean now) {
    merging.set(now ? 1 : 0);
  }

  void published(Duration took) {
    publications.record(took);
  }

  void visible(List<Instant> timestamps, Instant now) {
    for (Instant timestamp : timestamps) {
      Duration age = Duration.between(timestamp, now);
      freshness.record(age.isNegative() ? Duration.ZERO : age);
    }
  }

  void lag(long offsets) {
    lag.set(offsets);
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
  }

  private Timer timer(String name, String description, Tags tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .publishPercentiles(0.5, 0.99)
        .register(registry);
  }
}
