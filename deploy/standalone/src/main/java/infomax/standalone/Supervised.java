package infomax.standalone;

import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a child process again when it has ended by itself, with a pause that grows while it keeps
 * ending. Thread-safe.
 */
final class Supervised implements AutoCloseable, Check {

  private static final Logger LOG = LoggerFactory.getLogger(Supervised.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
  private static final Duration STABLE_AFTER = Duration.ofMinutes(1);

  private final String name;
  private final BooleanSupplier alive;
  private final Restart restart;
  private final Thread thread;
  private volatile boolean closing;

  /** Starts the child again. */
  @FunctionalInterface
  interface Restart {
    /** Returns once the child runs. */
    void run() throws IOException, InterruptedException;
  }

  private Supervised(String name, BooleanSupplier alive, Restart restart) {
    this.name = name;
    this.alive = alive;
    this.restart = restart;
    this.thread = Thread.ofPlatform().name("supervise-" + name).daemon(true).unstarted(this::run);
  }

  /** Watches a child that runs. */
  static Supervised watch(String name, BooleanSupplier alive, Restart restart) {
    Supervised supervised = new Supervised(name, alive, restart);
    supervised.thread.start();
    return supervised;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CheckResult check() {
    return alive.getAsBoolean()
        ? CheckResult.ok()
        : CheckResult.failed("not running, being started again");
  }

  /** Stops watching; the child is not touched. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Duration pause = Duration.ZERO;
    long startedNanos = System.nanoTime();
    try {
      while (!closing) {
        Thread.sleep(LOOK_EVERY);
        if (closing || alive.getAsBoolean()) {
          continue;
        }
        boolean wasStable = System.nanoTime() - startedNanos > STABLE_AFTER.toNanos();
        pause = wasStable ? Duration.ZERO : pause.multipliedBy(2).plusMillis(100);
        pause = pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause;
        LOG.warn("child={} ended by itself; started again in {} ms", name, pause.toMillis());
        Thread.sleep(pause);
        startedNanos = System.nanoTime();
        try {
          restart.run();
        } catch (IOException e) {
          LOG.error("child={} could not be started again", name, e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
