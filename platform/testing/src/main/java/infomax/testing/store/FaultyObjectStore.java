package infomax.testing.store;

import infomax.events.Digest;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A store whose calls go wrong as a seed says, in every way that the contract of {@link
 * ObjectStore} allows: a call that throws may have happened or not. Which call meets which fault
 * depends on the order of calls, so that a seed repeats a run only as far as its threads do.
 * Thread-safe.
 */
public final class FaultyObjectStore implements ObjectStore {

  private static final Duration DELAY_MAX = Duration.ofMillis(20);

  private final ObjectStore store;
  private final double probability;
  private final Random random;
  private final Map<Fault, Integer> met = new EnumMap<>(Fault.class);
  private final AtomicBoolean faulty = new AtomicBoolean(true);
  private final AtomicBoolean down = new AtomicBoolean();

  /** What a call may meet. */
  public enum Fault {
    /** It fails and nothing has happened. */
    ERROR,
    /** It happens, and whoever called is told that it failed. */
    LOST_REPLY,
    /** It takes long. */
    DELAY,
    /** Of several files some are stored, then it fails. */
    PARTIAL_UPLOAD,
    /** The service says that it has too much to do, as S3 does. */
    SLOW_DOWN
  }

  /**
   * Faults on the way to {@code store}, from now on.
   *
   * @param probability that a call meets one, 0 to 1
   */
  public FaultyObjectStore(ObjectStore store, double probability, long seed) {
    this.store = store;
    this.probability = probability;
    this.random = new Random(seed);
  }

  /** Calls fail at random, or they do not. */
  public void faulty(boolean nextFaulty) {
    faulty.set(nextFaulty);
  }

  /** Every call fails, or only some do. */
  public void down(boolean nextDown) {
    down.set(nextDown);
  }

  /** How many calls met each fault so far. */
  public Map<Fault, Integer> met() {
    synchronized (random) {
      return new EnumMap<>(met);
    }
  }

  @Override
  public Digest put(byte[] bytes) {
    return calling("put", () -> store.put(bytes));
  }

  @Override
  public void putDigested(Map<Path, Digest> digests) {
    Optional<Fault> fault = next(digests.size() > 1);
    if (fault.filter(Fault.PARTIAL_UPLOAD::equals).isPresent()) {
      Map<Path, Digest> some = new LinkedHashMap<>();
      digests.forEach(
          (path, digest) -> {
            if (some.size() < digests.size() / 2) {
              some.put(path, digest);
            }
          });
      store.putDigested(some);
      throw failed("putDigested", Fault.PARTIAL_UPLOAD);
    }
    calling(
        "putDigested",
        fault,
        () -> {
          store.putDigested(digests);
          return true;
        });
  }

  @Override
  public byte[] read(Digest digest) {
    return calling("read", () -> store.read(digest));
  }

  @Override
  public void fetch(Digest digest, Path target) {
    calling(
        "fetch",
        () -> {
          store.fetch(digest, target);
          return true;
        });
  }

  @Override
  public void verify(Digest digest) {
    calling(
        "verify",
        () -> {
          store.verify(digest);
          return true;
        });
  }

  @Override
  public boolean contains(Digest digest) {
    return calling("contains", () -> store.contains(digest));
  }

  @Override
  public void delete(Digest digest) {
    calling(
        "delete",
        () -> {
          store.delete(digest);
          return true;
        });
  }

  @Override
  public boolean createEntry(String name, byte[] value) {
    return calling("createEntry " + name, () -> store.createEntry(name, value));
  }

  @Override
  public Optional<byte[]> entry(String name) {
    return calling("entry " + name, () -> store.entry(name));
  }

  @Override
  public List<String> entries(String prefix) {
    return calling("entries", () -> store.entries(prefix));
  }

  @Override
  public List<String> names(String folder) {
    return calling("names", () -> store.names(folder));
  }

  @Override
  public void deleteEntry(String name) {
    calling(
        "deleteEntry " + name,
        () -> {
          store.deleteEntry(name);
          return true;
        });
  }

  @Override
  public int collectGarbage(Predicate<Digest> isNamed, Instant olderThan) {
    return calling("collectGarbage", () -> store.collectGarbage(isNamed, olderThan));
  }

  @Override
  public String toString() {
    return store + " with faults";
  }

  private <T> T calling(String call, Supplier<T> work) {
    return calling(call, next(false), work);
  }

  /** What the store itself throws is thrown as it is, such as that an object is broken. */
  private static <T> T calling(String call, Optional<Fault> fault, Supplier<T> work) {
    if (fault.isEmpty()) {
      return work.get();
    }
    return switch (fault.get()) {
      case ERROR, SLOW_DOWN, PARTIAL_UPLOAD -> throw failed(call, fault.get());
      case LOST_REPLY -> {
        try {
          T _ = work.get();
        } catch (ObjectBrokenException e) {
          // That would have been the reply.
        }
        throw failed(call, fault.get());
      }
      case DELAY -> {
        LockSupport.parkNanos(DELAY_MAX.toNanos());
        yield work.get();
      }
    };
  }

  private Optional<Fault> next(boolean severalFiles) {
    if (down.get()) {
      return Optional.of(Fault.ERROR);
    }
    if (!faulty.get()) {
      return Optional.empty();
    }
    synchronized (random) {
      if (random.nextDouble() >= probability) {
        return Optional.empty();
      }
      Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
      if (fault == Fault.PARTIAL_UPLOAD && !severalFiles) {
        fault = Fault.LOST_REPLY;
      }
      met.merge(fault, 1, Integer::sum);
      return Optional.of(fault);
    }
  }

  private static ObjectStoreException failed(String call, Fault fault) {
    return new ObjectStoreException(
        switch (fault) {
          case SLOW_DOWN -> "injected: " + call + " was answered 503 Slow Down";
          case ERROR, LOST_REPLY, DELAY, PARTIAL_UPLOAD -> "injected: " + call + " met " + fault;
        });
  }
}
