package infomax.trainer.snapshot;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads that decode images beside the one that reads the log. If one of them fails, so do
 * all: an image that could not be kept must not look like one that cannot be decoded. To be used by
 * one thread.
 */
final class Decoders implements AutoCloseable {

  private static final int THREADS = 2;
  private static final int IN_FLIGHT_MAX = 64;

  private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().name("snapshot-decoder-", 0).daemon(true).factory());

  /** Has an image decoded; waits while too many are under way. After a failure none is any more. */
  void decode(Runnable image) throws InterruptedException {
    if (failure.get() != null) {
      return;
    }
    inFlight.acquire();
    threads.execute(
        () -> {
          try {
            image.run();
          } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
          } finally {
            inFlight.release();
          }
        });
  }

  /**
   * Waits for what is under way.
   *
   * @throws IOException if one failed, with the first failure as its cause, or if they take longer
   *     than a minute
   */
  void finish() throws IOException, InterruptedException {
    threads.shutdown();
    if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new IOException("decoding did not end within a minute");
    }
    Throwable first = failure.get();
    if (first != null) {
      throw new IOException("an image could not be decoded and kept: " + first, first);
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
