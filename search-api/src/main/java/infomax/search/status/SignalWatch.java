package infomax.search.status;

import infomax.events.signal.Signal;
import infomax.events.signal.Signal.GenerationProgressed;
import infomax.events.signal.Signal.PublicationMade;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.events.signal.Signal.ShadowCompared;
import infomax.events.signal.Signal.ShardFailed;
import infomax.events.signal.Signal.TrainingProgressed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The newest progress of trainings and generations, as signals tell it. Thread-safe. */
public final class SignalWatch {

  /** A training that has not been heard of for so long is not shown as running. */
  private static final Duration TRAINING_SILENCE_MAX = Duration.ofSeconds(30);

  private final InstantSource clock;
  private final Map<Shard, GenerationProgressed> shards = new ConcurrentHashMap<>();
  private final Map<Shard, Rate> rates = new ConcurrentHashMap<>();
  private volatile @Nullable Heard training;

  /** Nothing heard yet. */
  public SignalWatch(InstantSource clock) {
    this.clock = clock;
  }

  /** Takes a signal in. */
  public void heard(Signal signal) {
    switch (signal) {
      case TrainingProgressed progressed -> training = new Heard(progressed, clock.instant());
      case GenerationProgressed progressed -> {
        Shard shard = new Shard(progressed.generation(), progressed.shard());
        shards.put(shard, progressed);
        rates
            .computeIfAbsent(shard, _ -> new Rate())
            .read(progressed.embedded(), System.nanoTime());
      }
      case PublicationMade _, ReplicaReported _, ShadowCompared _, ShardFailed _ -> {}
    }
  }

  /** The training that was heard of last, unless it has gone silent. */
  Optional<TrainingProgressed> training() {
    Heard heard = training;
    return heard == null || heard.at().plus(TRAINING_SILENCE_MAX).isBefore(clock.instant())
        ? Optional.empty()
        : Optional.of(heard.progress());
  }

  /** The newest progress of a generation's indexing, of its shards together. */
  Optional<Progress> generation(int number) {
    return shards.values().stream()
        .filter(progressed -> progressed.generation() == number)
        .map(progressed -> new Progress(progressed.images(), progressed.lag()))
        .reduce((one, other) -> new Progress(one.images + other.images, one.lag + other.lag));
  }

  /** Images a generation embeds per second. */
  double imagesPerSecond(int generation) {
    long nanoTime = System.nanoTime();
    return rates.entrySet().stream()
        .filter(entry -> entry.getKey().generation() == generation)
        .mapToDouble(entry -> entry.getValue().perSecond(nanoTime))
        .sum();
  }

  /**
   * How far the indexing of a generation is.
   *
   * @param images live documents
   * @param lag offsets to the end of the log
   */
  record Progress(long images, long lag) {}

  private record Shard(int generation, int shard) {}

  private record Heard(TrainingProgressed progress, Instant at) {}
}
