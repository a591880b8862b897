package infomax.runtime.kafka;

import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One named platform thread that owns one consumer and turns a crank until it is closed. An
 * exception from the crank ends the loop and makes the check fail; it is never swallowed.
 */
public final class RecordLoop implements AutoCloseable, Check {

  private static final Logger LOG = LoggerFactory.getLogger(RecordLoop.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CONSUMER_CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final Thread thread;
  private final Consumer<byte[], byte[]> consumer;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean closing;

  private RecordLoop(String name, Consumer<byte[], byte[]> consumer, Turn turn) {
    this.consumer = consumer;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(() -> run(turn));
  }

  /**
   * Starts a loop; the consumer is closed on the loop's thread when the loop ends.
   *
   * @param name name of the thread
   * @param consumer builds the consumer
   * @param turn one turn: poll and handle
   */
  public static RecordLoop start(
      String name, Supplier<Consumer<byte[], byte[]>> consumer, Turn turn) {
    RecordLoop loop = new RecordLoop(name, consumer.get(), turn);
    loop.thread.start();
    return loop;
  }

  /** One turn of a loop. */
  @FunctionalInterface
  public interface Turn {
    /** Polls once and handles what came; called again until the loop is closed. */
    void run(Consumer<byte[], byte[]> consumer) throws Exception;
  }

  @Override
  public String name() {
    return thread.getName();
  }

  @Override
  public CheckResult check() {
    Throwable thrown = failure.get();
    return thrown == null ? CheckResult.ok() : CheckResult.failed(String.valueOf(thrown));
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        LOG.warn("loop={} did not end within {} s", thread.getName(), CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Turn turn) {
    try {
      turnUntilClosing(turn);
    } catch (WakeupException e) {
      if (!closing) {
        failure.set(e);
      }
    } catch (Throwable e) {
      if (!closing) {
        failure.set(e);
        LOG.error("loop={} ended", thread.getName(), e);
      }
    }
  }

  private void turnUntilClosing(Turn turn) throws Exception {
    try {
      while (!closing) {
        turn.run(consumer);
      }
    } finally {
      // A member of a group that is being rebalanced would wait for its answer for up to 30 s.
      consumer.close(CloseOptions.timeout(CONSUMER_CLOSE_TIMEOUT));
    }
  }
}
