package infomax.indexer.generation;

import infomax.runtime.process.ThreadNice;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is published at an interval and has it mended where it is broken, on a thread of its
 * own: it may be a lot to read.
 */
final class PublicationChecks implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PublicationChecks.class);

  /** A process that is restarted often checks too. */
  private static final Duration FIRST = Duration.ofMinutes(1);

  /** Nobody waits for a check. */
  private static final int NICE = 15;

  /** Reading a large object is not interrupted, and nothing that is done here needs an end. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Supplier<Collection<GenerationIndexing>> indexings;
  private final Duration interval;
  private final Thread thread;
  private volatile boolean closing;

  PublicationChecks(Supplier<Collection<GenerationIndexing>> indexings, Duration interval) {
    this.indexings = indexings;
    this.interval = interval;
    this.thread = Thread.ofPlatform().name("indexer-check").daemon(true).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    ThreadNice.set(NICE);
    long waitMillis = Math.min(FIRST.toMillis(), interval.toMillis());
    while (!closing) {
      try {
        TimeUnit.MILLISECONDS.sleep(waitMillis);
        waitMillis = interval.toMillis();
        for (GenerationIndexing indexing : indexings.get()) {
          indexing.checkPublished();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("publications could not be checked, trying again: {}", e.toString());
      }
    }
  }
}
