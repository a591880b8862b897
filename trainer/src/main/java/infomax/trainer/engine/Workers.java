package infomax.trainer.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.nd4j.nativeblas.NativeOps;

/**
 * A fixed number of threads, each with its own share of the mini-batch's images. Worker w always
 * runs on the same thread, and ND4J runs single-threaded inside it, so that no second thread pool
 * competes for the cores and results do not depend on timing.
 */
final class Workers implements AutoCloseable {

  private final List<ExecutorService> threads = new ArrayList<>();
  private final int images;

  private Workers(int images) {
    this.images = images;
  }

  /** Starts the threads; at least one image for each. */
  static Workers start(int threads, int images) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads " + threads + ", expected 1 or more");
    }
    NativeOps operations = NativeLibraries.load();
    Workers workers = new Workers(images);
    for (int i = 0; i < Math.min(threads, images); i++) {
      String name = "training-" + i;
      workers.threads.add(
          Executors.newSingleThreadExecutor(
              task -> Thread.ofPlatform().daemon().name(name).unstarted(task)));
    }
    workers.run(worker -> operations.setOmpNumThreads(1));
    return workers;
  }

  int count() {
    return threads.size();
  }

  /** First image of a worker's share. */
  int from(int worker) {
    return images * worker / count();
  }

  /** Image after the last of a worker's share. */
  int to(int worker) {
    return images * (worker + 1) / count();
  }

  /**
   * Runs the task once per worker and returns when all are done, even if one fails or this thread
   * is interrupted: the buffers are in use until then.
   */
  void run(IntConsumer task) {
    List<Future<?>> running = new ArrayList<>(count());
    for (int worker = 0; worker < count(); worker++) {
      int ordinal = worker;
      running.add(threads.get(worker).submit(() -> task.accept(ordinal)));
    }
    boolean interrupted = false;
    Throwable failure = null;
    for (Future<?> future : running) {
      while (true) {
        try {
          future.get();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          failure = e.getCause();
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IllegalStateException("training step failed", failure);
    }
  }

  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdown);
  }
}
