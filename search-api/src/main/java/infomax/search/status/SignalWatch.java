package infomax.search.status;

import infomax.events.signal.Signal;
import infomax.events.signal.Signal.GenerationProgressed;
import infomax.events.signal.Signal.PublicationMade;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.events.signal.Signal.ShadowCompared;
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
  private final Map<Integer, GenerationProgressed> generations = new ConcurrentHashMap<>();
  private final Map<Integer, Rate> rates = new ConcurrentHashMap<>();
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
        generations.put(progressed.generation(), progressed);
        rates
            .computeIfAbsent(progressed.generation(), _ -> new Rate())
            .read(progressed.embedded(), System.nanoTime());
      }
      case PublicationMade _, ReplicaReported _, ShadowCompared _ -> {}
    }
  }

  /** The training that was heard of last, unless it has gone silent. */
  Optional<TrainingProgressed> training() {
    Heard heard = training;
    return heard == null || heard.at().plus(TRAINING_SILENCE_MAX).isBefore(clock.instant())
        ? Optional.empty()
        : Optional.of(heard.progress());
  }

  /** The newest progress of a generation's indexing. */
  Optional<GenerationProgressed> generation(int number) {
    return Optional.ofNullable(generations.get(number));
  }

  /** Images a generation embeds per second. */
  double imagesPerSecond(int generation) {
    Rate rate = rates.get(generation);
    return rate == null ? 0 : rate.perSecond();
  }

  private record Heard(TrainingProgressed progress, Instant at) {}
}
