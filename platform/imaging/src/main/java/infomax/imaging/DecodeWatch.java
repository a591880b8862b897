package infomax.imaging;

import infomax.events.image.RejectionReason;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Runs decodes that may be expensive, each on a thread of its own, so that one that overruns can be
 * left behind. A bounded number runs at once, left-behind ones included; further callers wait.
 * Thread-safe.
 */
final class DecodeWatch {

  private static final long STEP_MILLIS = 50;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final int atOnce;
  private final Semaphore permits;

  DecodeWatch(int atOnce) {
    this.atOnce = atOnce;
    this.permits = new Semaphore(atOnce, true);
  }

  /**
   * Decodes within the limits of time. A decode that runs out of memory is tried once more with
   * nothing beside it: only if it is too large even then is the image to blame.
   *
   * @throws RejectedImageException if the image cannot be decoded or takes too long
   */
  RgbPixels run(Supplier<PixelDecoding> decoding) throws RejectedImageException {
    try {
      return run(decoding.get(), 1);
    } catch (OutOfMemoryError e) {
      try {
        return run(decoding.get(), atOnce);
      } catch (OutOfMemoryError again) {
        throw RejectedImageException.undecodable(
            "image needs more memory to decode than there is, expected a smaller one");
      }
    }
  }

  private RgbPixels run(PixelDecoding decoding, int share) throws RejectedImageException {
    FutureTask<RgbPixels> task = new FutureTask<>(decoding);
    permits.acquireUninterruptibly(share);
    Thread thread =
        Thread.ofPlatform()
            .daemon(true)
            .name("decode")
            .unstarted(
                () -> {
                  try {
                    task.run();
                  } finally {
                    permits.release(share);
                  }
                });
    try {
      thread.start();
    } catch (Throwable e) {
      permits.release(share);
      throw e;
    }
    return await(task, thread, decoding);
  }

  private static RgbPixels await(FutureTask<RgbPixels> task, Thread thread, PixelDecoding decoding)
      throws RejectedImageException {
    long startNanos = System.nanoTime();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get(STEP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (isOverdue(thread, System.nanoTime() - startNanos)) {
            decoding.abort();
            throw new RejectedImageException(
                RejectionReason.DECODE_TIMEOUT,
                "image takes longer to decode than "
                    + ImageLimits.DECODE_CPU_MAX.toSeconds()
                    + " s, expected a simpler one");
          }
        } catch (InterruptedException e) {
          // The wait is short and bounded; whoever interrupts learns of it afterwards.
          interrupted = true;
        } catch (ExecutionException e) {
          throw cause(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isOverdue(Thread thread, long elapsedNanos) {
    return THREADS.getThreadCpuTime(thread.threadId()) > ImageLimits.DECODE_CPU_MAX.toNanos()
        || elapsedNanos > ImageLimits.DECODE_ELAPSED_MAX.toNanos();
  }

  private static RejectedImageException cause(ExecutionException failed) {
    return switch (failed.getCause()) {
      case RejectedImageException rejected -> rejected;
      case OutOfMemoryError tooLarge -> throw tooLarge;
      case null, default -> throw new IllegalStateException("decoding failed", failed.getCause());
    };
  }
}
