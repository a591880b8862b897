package infomax.indexer.generation;

import infomax.indexer.generation.Orders.Priority;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that decode and embed, shared by all generations. Waiting tasks run by priority, so
 * that a generation being built takes only what the leader leaves, and a standby what is left then.
 * Tasks are small, a few dozen images, since a running one is not interrupted. Thread-safe; the
 * queue is bounded by the callers, each of which waits for its tasks.
 */
final class EmbeddingPool implements AutoCloseable {

  private final AtomicLong sequence = new AtomicLong();
  private final ThreadPoolExecutor executor;

  EmbeddingPool(int threads) {
    AtomicInteger number = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(),
            work ->
                Thread.ofPlatform()
                    .name("embedding-" + number.incrementAndGet())
                    .daemon(true)
                    .unstarted(work));
  }

  <T> FutureTask<T> submit(Priority priority, Callable<T> work) {
    Task<T> task = new Task<>(priority, sequence.incrementAndGet(), work);
    executor.execute(task);
    return task;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static final class Task<T> extends FutureTask<T> implements Comparable<Task<?>> {
    private final Priority priority;
    private final long sequence;

    Task(Priority priority, long sequence, Callable<T> work) {
      super(work);
      this.priority = priority;
      this.sequence = sequence;
    }

    @Override
    public int compareTo(Task<?> other) {
      return priority == other.priority
          ? Long.compare(sequence, other.sequence)
          : priority.compareTo(other.priority);
    }
  }
}
