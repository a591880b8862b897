package infomax.indexer.rollout;

import infomax.events.Positions;
import infomax.events.signal.Signal;
import infomax.events.signal.Signal.LoadedGeneration;
import infomax.events.signal.Signal.ReplicaReported;
import infomax.indexer.rollout.decision.ReplicaStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What search replicas reported within a window of time, by the clock of this process: theirs may
 * be wrong. Thread-safe: written by the signal feed, read by the controller.
 */
final class ReplicaReports implements Consumer<Signal> {

  /** A replica that reports on every publication too must not fill the memory. */
  private static final int REPORTS_MAX = 64;

  private final Duration window;
  private final Duration behindMax;
  private final InstantSource clock;
  private final Map<String, Deque<Heard>> reports = new TreeMap<>();

  /**
   * Hears nothing yet.
   *
   * @param window who was silent for longer is gone
   * @param behindMax how old {@link ReplicaStatus#servedBefore} may be
   */
  ReplicaReports(Duration window, Duration behindMax, InstantSource clock) {
    this.window = window;
    this.behindMax = behindMax;
    this.clock = clock;
  }

  @Override
  public synchronized void accept(Signal signal) {
    if (signal instanceof ReplicaReported report) {
      Deque<Heard> heard = reports.computeIfAbsent(report.replica(), _ -> new ArrayDeque<>());
      heard.addLast(new Heard(clock.instant(), report));
      if (heard.size() > REPORTS_MAX) {
        heard.removeFirst();
      }
    }
  }

  /** Every replica heard from within the window before {@code now}. */
  synchronized List<ReplicaStatus> heardWithin(Instant now) {
    Instant oldest = now.minus(window);
    List<ReplicaStatus> replicas = new ArrayList<>();
    reports.values().forEach(heard -> heard.removeIf(report -> report.at().isBefore(oldest)));
    reports.values().removeIf(Deque::isEmpty);
    reports.forEach(
        (replica, heard) ->
            replicas.add(
                new ReplicaStatus(
                    replica,
                    loaded(heard.getLast().report()),
                    served(since(heard, now.minus(behindMax)).report()))));
    return replicas;
  }

  /** The oldest report since then; the newest of all if there is none. */
  private static Heard since(Deque<Heard> heard, Instant instant) {
    return heard.stream()
        .filter(report -> !report.at().isBefore(instant))
        .findFirst()
        .orElse(heard.getLast());
  }

  private static Map<Integer, Positions> loaded(ReplicaReported report) {
    Map<Integer, Positions> loaded = new HashMap<>();
    for (LoadedGeneration generation : report.loaded()) {
      loaded.put(generation.generation(), generation.positions());
    }
    return loaded;
  }

  private static @Nullable Positions served(ReplicaReported report) {
    return report.loaded().stream()
        .filter(LoadedGeneration::serving)
        .map(LoadedGeneration::positions)
        .findFirst()
        .orElse(null);
  }

  private record Heard(Instant at, ReplicaReported report) {}
}
