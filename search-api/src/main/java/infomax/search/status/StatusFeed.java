package infomax.search.status;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.signal.Signal;
import infomax.events.signal.Signal.TrainingProgressed;
import infomax.search.rejected.RejectedImage;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes events of what happens: {@code status} about once a second, {@code training} and {@code
 * rejected} as they come, {@code roll} at every step of a generation. Thread-safe.
 */
public final class StatusFeed {

  private final EventHub hub;
  private final SystemStatus status;
  private final Map<Integer, GenerationState> steps = new HashMap<>();
  private boolean first = true;

  /** A feed into {@code hub}. */
  public StatusFeed(EventHub hub, SystemStatus status) {
    this.hub = hub;
    this.status = status;
  }

  /** Sends the status. */
  public void tick() {
    status.tick();
    hub.send("status", status.now());
  }

  /** Sends what a signal says of a training. */
  public void heard(Signal signal) {
    if (signal instanceof TrainingProgressed progressed) {
      hub.send("training", progressed);
    }
  }

  /** Sends a rejection. */
  public void rejected(RejectedImage rejected) {
    hub.send("rejected", rejected);
  }

  /** Sends the steps that generations made since the last state; the first state sends none. */
  public synchronized void changed(ControlState state) {
    for (IndexGeneration generation : state.generations().values()) {
      GenerationState before = steps.put(generation.number(), generation.state());
      if (before != generation.state() && !first) {
        hub.send("roll", Step.of(generation));
      }
    }
    first = false;
  }

  /** A step of a generation. */
  private record Step(
      int generation,
      int encoder,
      Digest digest,
      GenerationState state,
      Instant at,
      String reason) {
    static Step of(IndexGeneration generation) {
      return new Step(
          generation.number(),
          generation.encoderVersion(),
          generation.encoder(),
          generation.state(),
          generation.since(),
          generation.reason());
    }
  }
}
