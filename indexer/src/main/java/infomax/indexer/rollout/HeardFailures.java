package infomax.indexer.rollout;

import infomax.events.Digest;
import infomax.events.signal.Signal;
import infomax.events.signal.Signal.ShardFailed;
import infomax.indexer.rollout.decision.IndexingFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What the indexing in this process and, by signals, in any other says it cannot go on with. What
 * was not repeated for a while counts no more. Thread-safe: written by the signal feed, read by the
 * controller.
 */
final class HeardFailures implements IndexingFailures, Consumer<Signal> {

  /** Several times as long as they are apart. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

  private final IndexingFailures own;
  private final InstantSource clock;
  private final Map<Integer, Heard> heard = new ConcurrentHashMap<>();

  HeardFailures(IndexingFailures own, InstantSource clock) {
    this.own = own;
    this.clock = clock;
  }

  @Override
  public void accept(Signal signal) {
    if (signal instanceof ShardFailed failed) {
      heard.put(
          failed.generation(),
          new Heard(
              clock.instant(),
              new IndexingFailure(failed.generation(), failed.cause(), failed.detail())));
    }
  }

  @Override
  public Map<Integer, IndexingFailure> byGeneration() {
    Instant oldest = clock.instant().minus(SILENCE_MAX);
    heard.values().removeIf(each -> each.at().isBefore(oldest));
    Map<Integer, IndexingFailure> failures = new HashMap<>();
    heard.forEach((generation, each) -> failures.put(generation, each.failure()));
    failures.putAll(own.byGeneration());
    return failures;
  }

  @Override
  public boolean isFatal(Digest image) {
    return own.isFatal(image);
  }

  private record Heard(Instant at, IndexingFailure failure) {}
}
