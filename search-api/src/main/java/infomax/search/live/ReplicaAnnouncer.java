package infomax.search.live;

import infomax.events.signal.Signal.ReplicaReported;
import infomax.runtime.signal.SignalSender;
import java.time.InstantSource;

/** Tells on {@code signals} what this replica has loaded; doubles as its heartbeat. Thread-safe. */
public final class ReplicaAnnouncer {

  private final SignalSender signals;
  private final LoadedGenerations loaded;
  private final String replica;
  private final InstantSource clock;

  /** An announcer for the replica of this name. */
  public ReplicaAnnouncer(
      SignalSender signals, LoadedGenerations loaded, String replica, InstantSource clock) {
    this.signals = signals;
    this.loaded = loaded;
    this.replica = replica;
    this.clock = clock;
  }

  /** Announces what is loaded now. */
  public void announce() {
    signals.send(new ReplicaReported(clock.instant(), replica, loaded.report()));
  }
}
