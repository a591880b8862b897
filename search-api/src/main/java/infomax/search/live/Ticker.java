package infomax.search.live;

import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One named thread that calls a task at an interval, or sooner when woken, until it is closed. A
 * task that throws is logged and called again at the next interval. Thread-safe.
 */
public final class Ticker implements AutoCloseable, Check {

  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Object monitor = new Object();
  private final Duration interval;
  private final Thread thread;
  private boolean woken;
  private boolean closing;
  private boolean failing;

  private Ticker(String name, Duration interval, Task task) {
    this.interval = interval;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(() -> run(task));
  }

  /** Starts a ticker; the task is called at once for the first time. */
  public static Ticker start(String name, Duration interval, Task task) {
    Ticker ticker = new Ticker(name, interval, task);
    ticker.thread.start();
    return ticker;
  }

  /** What is done at every tick. */
  @FunctionalInterface
  public interface Task {
    /** Does it. */
    void run() throws Exception;
  }

  @Override
  public String name() {
    return thread.getName();
  }

  /** Fails once the thread has ended, as it does by an {@link Error}. */
  @Override
  public CheckResult check() {
    return thread.isAlive() ? CheckResult.ok() : CheckResult.failed("the thread has ended");
  }

  /** Lets the next tick come at once. */
  public void wake() {
    synchronized (monitor) {
      woken = true;
      monitor.notifyAll();
    }
  }

  @Override
  public void close() {
    synchronized (monitor) {
      closing = true;
      monitor.notifyAll();
    }
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        LOG.warn("thread={} did not end within {} s", thread.getName(), CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Task task) {
    while (true) {
      long deadlineNanos = System.nanoTime() + interval.toNanos();
      call(task);
      synchronized (monitor) {
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        while (!closing && !woken && leftMillis > 0) {
          try {
            monitor.wait(leftMillis);
          } catch (InterruptedException e) {
            return;
          }
          leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        }
        woken = false;
        if (closing) {
          return;
        }
      }
    }
  }

  private void call(Task task) {
    try {
      task.run();
      if (failing) {
        failing = false;
        LOG.info("thread={} works again", thread.getName());
      }
    } catch (Exception e) {
      // Once per series of failures with its stack; the rest would only fill the log.
      if (failing) {
        LOG.debug("thread={} failed again: {}", thread.getName(), e.toString());
      } else {
        failing = true;
        LOG.warn("thread={} failed and tries again", thread.getName(), e);
      }
    }
  }
}
