package infomax.indexer.generation;

import infomax.indexer.generation.Orders.Priority;
import infomax.runtime.process.ThreadNice;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that decode and embed, shared by all generations. The leader has threads of its own;
 * those of the other generations yield the processor to them and to everything else, and run
 * waiting tasks by priority. Tasks are small, a few dozen images, since a running one is not
 * interrupted. Thread-safe; the queues are bounded by the callers, each of which waits for its
 * tasks.
 */
final class EmbeddingPool implements AutoCloseable {

  /** About a third of the share of a thread that does not yield. With less a roll may starve. */
  private static final int BACKGROUND_NICE = 5;

  private final AtomicLong sequence = new AtomicLong();
  private final ThreadPoolExecutor leader;
  private final ThreadPoolExecutor background;

  /**
   * Starts no thread yet.
   *
   * @param threads the most for the leader, and the most for all others
   */
  EmbeddingPool(int threads) {
    this.leader = executor("embedding", threads, 0);
    this.background = executor("embedding-background", threads, BACKGROUND_NICE);
  }

  /** Threads that tasks of one priority may run on. */
  int threads() {
    return leader.getMaximumPoolSize();
  }

  <T> FutureTask<T> submit(Priority priority, Callable<T> work) {
    Task<T> task = new Task<>(priority, sequence.incrementAndGet(), work);
    (priority == Priority.LEADER ? leader : background).execute(task);
    return task;
  }

  @Override
  public void close() {
    leader.shutdownNow();
    background.shutdownNow();
  }

  private static ThreadPoolExecutor executor(String name, int threads, int nice) {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new PriorityBlockingQueue<>(),
        work ->
            Thread.ofPlatform()
                .name(name + "-" + number.incrementAndGet())
                .daemon(true)
                .unstarted(
                    () -> {
                      ThreadNice.set(nice);
                      work.run();
                    }));
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
