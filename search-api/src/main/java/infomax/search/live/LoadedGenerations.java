package infomax.search.live;

import infomax.events.signal.Signal.LoadedGeneration;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest publication of every loaded generation, and which of them answers. Requests borrow,
 * the loader swaps; a swapped publication closes after its last request. Thread-safe.
 */
public final class LoadedGenerations implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoadedGenerations.class);

  private final Object monitor = new Object();
  private final InstantSource clock;
  private final List<PublicationListener> listeners = new CopyOnWriteArrayList<>();
  private volatile Loaded loaded = new Loaded(new TreeMap<>(), null);

  /** Nothing loaded yet. */
  public LoadedGenerations(InstantSource clock) {
    this.clock = clock;
  }

  /** Tells {@code listener} about every later publication that answers. */
  public void follow(PublicationListener listener) {
    listeners.add(listener);
  }

  /** A lease on the generation that answers, if there is one. */
  public Optional<Lease> acquire() {
    while (true) {
      LiveGeneration serving = loaded.serving();
      if (serving == null) {
        return Optional.empty();
      }
      Optional<Lease> lease = serving.lease();
      if (lease.isPresent()) {
        return lease;
      }
      // It was swapped and closed since; the next one is there already.
    }
  }

  /** A lease on the newest publication of this generation, if it is loaded. */
  public Optional<Lease> acquire(int number) {
    while (true) {
      LiveGeneration generation = loaded.byNumber.get(number);
      if (generation == null) {
        return Optional.empty();
      }
      Optional<Lease> lease = generation.lease();
      if (lease.isPresent()) {
        return lease;
      }
    }
  }

  /**
   * Waits until what {@code acquire} gives fulfils {@code condition}.
   *
   * @param acquire one of the ways to get a lease from here
   * @return a lease on it; empty if that takes longer than {@code timeout}
   */
  public Optional<Lease> await(
      Supplier<Optional<Lease>> acquire, Predicate<LiveGeneration> condition, Duration timeout)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    synchronized (monitor) {
      while (true) {
        Optional<Lease> lease = acquire.get();
        if (lease.isPresent()) {
          if (condition.test(lease.get().generation())) {
            return lease;
          }
          lease.get().close();
        }
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          return Optional.empty();
        }
        monitor.wait(leftMillis);
      }
    }
  }

  /** Number of the generation that answers, if there is one. */
  public Optional<Integer> serving() {
    return Optional.ofNullable(loaded.serving()).map(LiveGeneration::number);
  }

  /** What is loaded, as replicas report it. */
  public List<LoadedGeneration> report() {
    Loaded now = loaded;
    return now.byNumber.values().stream()
        .map(
            generation ->
                new LoadedGeneration(
                    generation.number(),
                    now.isServing(generation.number()),
                    generation.published().sequence(),
                    generation.positions()))
        .toList();
  }

  /** The newest publication of every loaded generation, for the loader, which owns them. */
  SortedMap<Integer, LiveGeneration> byNumber() {
    return loaded.byNumber;
  }

  /** Takes a newer publication of a generation in; the one before closes after its last request. */
  void put(LiveGeneration newer) {
    change(loaded.with(newer));
    if (loaded.isServing(newer.number())) {
      tell(newer);
    }
  }

  /** Answers from this generation from now on; it has to be loaded. */
  void serve(int number) {
    Loaded before = loaded;
    LiveGeneration next = before.byNumber.get(number);
    if (next == null) {
      throw new IllegalArgumentException("generation " + number + " is not loaded");
    }
    change(new Loaded(before.byNumber, number));
    LOG.info(
        "serving generation={} encoder={} before={}",
        number,
        next.release().version(),
        before.answering);
    tell(next);
  }

  /** Lets go of a generation that does not answer. */
  void drop(int number) {
    if (loaded.isServing(number)) {
      throw new IllegalArgumentException("generation " + number + " answers and cannot be dropped");
    }
    change(loaded.without(number));
    LOG.info("dropped generation={}", number);
  }

  /** Nothing answers any more; what is borrowed closes after its last request. */
  @Override
  public void close() {
    change(new Loaded(new TreeMap<>(), null));
  }

  private void change(Loaded next) {
    Loaded before;
    synchronized (monitor) {
      before = loaded;
      loaded = next;
      monitor.notifyAll();
    }
    for (LiveGeneration old : before.byNumber.values()) {
      if (next.byNumber.get(old.number()) != old) {
        old.releaseReference();
      }
    }
  }

  private void tell(LiveGeneration serving) {
    listeners.forEach(
        listener -> listener.served(serving.number(), serving.positions(), clock.instant()));
  }

  /** What is loaded at one moment. */
  private record Loaded(SortedMap<Integer, LiveGeneration> byNumber, @Nullable Integer answering) {
    Loaded {
      byNumber = Collections.unmodifiableSortedMap(new TreeMap<>(byNumber));
    }

    @Nullable LiveGeneration serving() {
      return answering == null ? null : byNumber.get(answering);
    }

    boolean isServing(int number) {
      return answering != null && answering == number;
    }

    Loaded with(LiveGeneration newer) {
      TreeMap<Integer, LiveGeneration> copy = new TreeMap<>(byNumber);
      copy.put(newer.number(), newer);
      return new Loaded(copy, answering);
    }

    Loaded without(int number) {
      TreeMap<Integer, LiveGeneration> copy = new TreeMap<>(byNumber);
      copy.remove(number);
      return new Loaded(copy, answering);
    }
  }
}
