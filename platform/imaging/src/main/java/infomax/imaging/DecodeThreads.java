package infomax.imaging;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Decodes for virtual threads, on as many platform threads as there are processors: a virtual
 * thread that decodes keeps its carrier from all others, which wait for it to answer in a moment. A
 * platform thread does its work itself. Thread-safe.
 */
final class DecodeThreads {

  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  DecodeThreads() {
    int processors = Runtime.getRuntime().availableProcessors();
    threads =
        new ThreadPoolExecutor(
            processors,
            processors,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("image-decode-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Does some work and waits until it is done; an interrupt is kept for later.
   *
   * @throws RejectedImageException if the work does
   */
  <T> T run(Work<T> work) throws RejectedImageException {
    return Thread.currentThread().isVirtual() ? handedOver(work) : work.call();
  }

  /** What is done. */
  @FunctionalInterface
  interface Work<T> extends Callable<T> {
    @Override
    T call() throws RejectedImageException;
  }

  private <T> T handedOver(Work<T> work) throws RejectedImageException {
    Future<T> done = threads.submit(work);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return done.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw DecodeWatch.cause(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
