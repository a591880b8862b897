package infomax.trainer;

import infomax.runtime.signal.SignalSender;
import infomax.trainer.training.Progress;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends the progress of the training at hand twice a second. Owns its thread. */
final class ProgressBeacon implements AutoCloseable {

  private static final long PERIOD_MILLIS = 500;

  private final ScheduledExecutorService scheduler;

  private ProgressBeacon(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  static ProgressBeacon start(Progress progress, SignalSender signals, InstantSource clock) {
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("trainer-progress").daemon(true).factory());
    ProgressBeacon beacon = new ProgressBeacon(scheduler);
    beacon.schedule(() -> progress.signal(clock.instant()).ifPresent(signals::send));
    return beacon;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // sending never throws, so the task never ends
  private void schedule(Runnable task) {
    scheduler.scheduleAtFixedRate(task, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }
}
