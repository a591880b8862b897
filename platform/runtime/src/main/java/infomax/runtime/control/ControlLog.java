package infomax.runtime.control;

import infomax.events.Topic;
import infomax.events.control.ControlCodec;
import infomax.events.control.ControlEvent;
import infomax.events.control.ControlState;
import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.RecordLoop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic {@code control} and folds it into a {@link ControlState}. {@link #open} returns
 * only after everything up to the end captured at start is folded, so the first state a service
 * sees is never a half one. Listeners run on the follower's thread, in order. Thread-safe.
 */
public final class ControlLog implements AutoCloseable, Check {

  private static final Logger LOG = LoggerFactory.getLogger(ControlLog.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int FETCH_BYTES_MAX = 4 * 1024 * 1024;

  private final Object monitor = new Object();
  private final TopicPartition partition = new TopicPartition(Topic.CONTROL.name(), 0);
  private final List<Consumer<ControlState>> listeners = new CopyOnWriteArrayList<>();
  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();
  private final RecordLoop loop;
  private ControlState state = ControlState.EMPTY;
  private long position;

  private ControlLog(KafkaClients clients, String clientId) {
    this.loop =
        RecordLoop.start(
            clientId + "-control",
            () -> {
              org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer =
                  clients.consumer(clientId + "-control", FETCH_BYTES_MAX);
              consumer.assign(List.of(partition));
              consumer.seekToBeginning(List.of(partition));
              return consumer;
            },
            this::turn);
  }

  /**
   * Opens the log and waits until the state holds everything that was committed at this moment.
   *
   * @throws TimeoutException if that takes longer than {@code timeout}
   */
  public static ControlLog open(KafkaClients clients, String clientId, Duration timeout)
      throws TimeoutException, InterruptedException {
    ControlLog log = new ControlLog(clients, clientId);
    try {
      log.awaitEnd(clients, clientId, timeout);
      return log;
    } catch (TimeoutException | InterruptedException | RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** The newest state. */
  public ControlState state() {
    synchronized (monitor) {
      return state;
    }
  }

  /** Calls {@code listener} with the present state at once, and with every later one. */
  public void follow(Consumer<ControlState> listener) {
    synchronized (monitor) {
      listener.accept(state);
      listeners.add(listener);
    }
  }

  /**
   * Waits until a state fulfils {@code condition} and returns it.
   *
   * @throws TimeoutException if none does within {@code timeout}
   */
  public ControlState await(Predicate<ControlState> condition, Duration timeout)
      throws TimeoutException, InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    synchronized (monitor) {
      while (!condition.test(state)) {
        waitUntil(deadlineNanos, "the awaited decision did not come");
      }
      return state;
    }
  }

  /**
   * Waits until the state holds everything committed to {@code control} when this was called.
   *
   * @throws TimeoutException if that takes longer than {@code timeout}
   */
  public void awaitEnd(KafkaClients clients, String clientId, Duration timeout)
      throws TimeoutException, InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    long end;
    try (org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer =
        clients.consumer(clientId + "-control-end", FETCH_BYTES_MAX)) {
      // Unassigned, the client warns that it cannot remember the end.
      consumer.assign(List.of(partition));
      end =
          Optional.ofNullable(consumer.endOffsets(List.of(partition), timeout).get(partition))
              .orElse(0L);
    }
    synchronized (monitor) {
      while (position < end) {
        waitUntil(deadlineNanos, "control was read to " + position + " of " + end);
      }
    }
  }

  /** Keys whose newest value could not be read and was skipped; above 0 an operator should look. */
  public int unreadableValues() {
    return unreadable.size();
  }

  /**
   * Shows {@link #unreadableValues} as {@code infomax.control.unreadable}.
   *
   * @param service who follows this log: several services may share {@code meters}
   */
  public void measure(MeterRegistry meters, String service) {
    Gauge.builder("infomax.control.unreadable", this, ControlLog::unreadableValues)
        .description("decisions on control that the service cannot read and passes over")
        .tag("service", service)
        .register(meters);
  }

  @Override
  public String name() {
    return loop.name();
  }

  @Override
  public CheckResult check() {
    return loop.check();
  }

  @Override
  public void close() {
    loop.close();
  }

  private void turn(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    long next = consumer.position(partition);
    synchronized (monitor) {
      ControlState folded = state;
      for (ConsumerRecord<byte[], byte[]> consumed : records) {
        folded = fold(folded, consumed);
      }
      boolean changed = !folded.equals(state);
      state = folded;
      if (changed) {
        listeners.forEach(listener -> listener.accept(state));
      }
      position = next;
      monitor.notifyAll();
    }
  }

  private ControlState fold(ControlState before, ConsumerRecord<byte[], byte[]> consumed) {
    String key = new String(consumed.key(), StandardCharsets.UTF_8);
    unreadable.remove(key);
    if (consumed.value() == null) {
      return before.without(key);
    }
    try {
      Optional<ControlEvent> event = ControlCodec.read(key, consumed.value());
      return event.map(before::with).orElse(before);
    } catch (IllegalArgumentException e) {
      unreadable.add(key);
      LOG.error(
          "control key={} offset={} is unreadable and skipped: {}",
          key,
          consumed.offset(),
          e.getMessage());
      return before;
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private void waitUntil(long deadlineNanos, String otherwise)
      throws TimeoutException, InterruptedException {
    long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
    if (leftMillis <= 0) {
      throw new TimeoutException(otherwise);
    }
    CheckResult health = loop.check();
    if (!health.healthy()) {
      throw new IllegalStateException("control cannot be followed: " + health.detail());
    }
    monitor.wait(Math.min(leftMillis, 500));
  }
}
