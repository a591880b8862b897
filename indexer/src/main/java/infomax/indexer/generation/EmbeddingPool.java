package infomax.indexer.generation;

import infomax.indexer.generation.Orders.Priority;
import infomax.runtime.process.ThreadNice;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that decode and embed, shared by all generations: each priority has its own, and
 * those of a lower one yield the processor to those of a higher one and to everything else. Tasks
 * are small, a few dozen images, since a running one is not interrupted. Thread-safe; the queues
 * are bounded by the callers, each of which waits for its tasks.
 */
final class EmbeddingPool implements AutoCloseable {

  private final int threads;
  private final ExecutorService leader;
  private final ExecutorService successor;
  private final ExecutorService candidate;
  private final ExecutorService standby;

  /**
   * Starts no thread yet.
   *
   * @param threads the most for each priority
   */
  EmbeddingPool(int threads) {
    this.threads = threads;
    // Each step of a nice value is worth about a quarter of the share.
    this.leader = executor("leader", threads, 0);
    this.successor = executor("successor", threads, 2);
    this.candidate = executor("candidate", threads, 5);
    this.standby = executor("standby", threads, 19);
  }

  /** Threads that tasks of one priority may run on. */
  int threads() {
    return threads;
  }

  <T> Future<T> submit(Priority priority, Callable<T> work) {
    return switch (priority) {
      case LEADER -> leader.submit(work);
      case SUCCESSOR -> successor.submit(work);
      case CANDIDATE -> candidate.submit(work);
      case STANDBY -> standby.submit(work);
    };
  }

  @Override
  public void close() {
    leader.shutdownNow();
    successor.shutdownNow();
    candidate.shutdownNow();
    standby.shutdownNow();
  }

  private static ExecutorService executor(String priority, int threads, int nice) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        threads,
        work ->
            Thread.ofPlatform()
                .name("embedding-" + priority + "-" + number.incrementAndGet())
                .daemon(true)
                .unstarted(
                    () -> {
                      ThreadNice.set(nice);
                      work.run();
                    }));
  }
}
