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
 * left behind. A bounded number runs at once, within the memory that all decodes of the process
 * share, left-behind ones included; further callers wait. Thread-safe.
 */
final class DecodeWatch {

  private static final long STEP_MILLIS = 50;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Semaphore permits;
  private final DecodeBudget budget;

  DecodeWatch(int atOnce, DecodeBudget budget) {
    this.permits = new Semaphore(atOnce, true);
    this.budget = budget;
  }

  /**
   * Decodes within the limits of time and memory. A decode that runs out of memory all the same is
   * tried once more with nothing beside it: only if it is too large even then is the image to
   * blame.
   *
   * @throws RejectedImageException if the image cannot be decoded, takes too long or needs more
   *     heap than all decodes together may have
   */
  RgbPixels run(DecodeCost cost, Supplier<PixelDecoding> decoding) throws RejectedImageException {
    if (cost.heapBytes() > budget.bytes()) {
      throw new RejectedImageException(
          RejectionReason.TOO_MANY_PIXELS,
          "image needs %d MiB of memory to decode, expected at most the %d MiB there are for it"
              .formatted(cost.heapBytes() >> 20, budget.bytes() >> 20));
    }
    try {
      return run(decoding.get(), cost.bytes());
    } catch (OutOfMemoryError e) {
      try {
        return run(decoding.get(), budget.bytes());
      } catch (OutOfMemoryError again) {
        throw RejectedImageException.undecodable(
            "image needs more memory to decode than there is, expected a smaller one");
      }
    }
  }

  private RgbPixels run(PixelDecoding decoding, long bytes) throws RejectedImageException {
    FutureTask<RgbPixels> task = new FutureTask<>(decoding);
    permits.acquireUninterruptibly();
    int taken = budget.take(bytes);
    Thread thread =
        Thread.ofPlatform()
            .daemon(true)
            .name("decode")
            .unstarted(
                () -> {
                  try {
                    task.run();
                  } finally {
                    giveBack(taken);
                  }
                });
    try {
      thread.start();
    } catch (Throwable e) {
      giveBack(taken);
      throw e;
    }
    return await(task, thread, decoding);
  }

  private void giveBack(int taken) {
    budget.giveBack(taken);
    permits.release();
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
