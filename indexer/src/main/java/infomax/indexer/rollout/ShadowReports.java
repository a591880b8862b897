package infomax.indexer.rollout;

import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.ShadowComparison;
import infomax.events.signal.Signal;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.events.signal.Signal.ShadowCompared;
import infomax.indexer.rollout.decision.ShadowStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What search replicas say of the answers that verified candidates would give to live queries.
 * Replicas repeat it until it is written down, so that nothing is lost with this process.
 * Thread-safe: written by the signal feed, read by the controller.
 */
final class ShadowReports implements Consumer<Signal> {

  private final InstantSource clock;
  private final Map<Integer, Instant> loadedSince = new HashMap<>();
  private final Map<Integer, Map<String, ShadowComparison>> comparisons = new HashMap<>();

  /** Hears nothing yet. */
  ShadowReports(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void accept(Signal signal) {
    switch (signal) {
      case ReplicaReported report ->
          report
              .loaded()
              .forEach(loaded -> loadedSince.putIfAbsent(loaded.generation(), clock.instant()));
      case ShadowCompared compared -> {
        loadedSince.putIfAbsent(compared.generation(), clock.instant());
        comparisons
            .computeIfAbsent(compared.generation(), _ -> new HashMap<>())
            .put(compared.replica(), compared.comparison());
      }
      default -> {}
    }
  }

  /** What was heard of generations that are verified; everything else is forgotten. */
  synchronized Map<Integer, ShadowStatus> ofVerified(ControlState state) {
    loadedSince.keySet().removeIf(number -> !isVerified(state, number));
    comparisons.keySet().removeIf(number -> !isVerified(state, number));
    Map<Integer, ShadowStatus> heard = new HashMap<>();
    loadedSince.forEach(
        (number, since) ->
            heard.put(number, new ShadowStatus(since, comparisons.getOrDefault(number, Map.of()))));
    return heard;
  }

  private static boolean isVerified(ControlState state, int number) {
    IndexGeneration generation = state.generations().get(number);
    return generation != null && generation.state() == GenerationState.VERIFIED;
  }
}
