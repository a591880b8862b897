package infomax.testing.store;

import infomax.events.Digest;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A store that does what another one does, or fails as a remote one can. Which {@link Fault} meets
 * a call is decided by a {@link Plan}, such as one drawn from a seed. Thread-safe if the plan is.
 */
public final class FaultyStore implements ObjectStore {

  /** What becomes of one call. */
  public enum Fault {
    /** Nothing goes wrong. */
    NONE,
    /** The call fails before anything happened. */
    ERROR,
    /** The service is overloaded and says so; nothing happened. */
    UNAVAILABLE,
    /** The call takes a while. */
    DELAY,
    /** The call did what it should, and the reply is lost. */
    LOST_REPLY,
    /**
     * Of several files only some are stored, of a fetched one only half arrives under another name;
     * other calls fail before anything happened.
     */
    PARTIAL
  }

  /** Says what becomes of each call. */
  @FunctionalInterface
  public interface Plan {
    /**
     * The fault of a call.
     *
     * @param number number of the call, from 1
     * @param method its name
     */
    Fault fault(long number, String method);
  }

  private static final Duration DELAY = Duration.ofMillis(20);

  private final ObjectStore store;
  private final AtomicLong calls = new AtomicLong();
  private volatile Plan plan;

  /** A store that fails as {@code plan} says. */
  public FaultyStore(ObjectStore store, Plan plan) {
    this.store = store;
    this.plan = plan;
  }

  /** From now on fails as {@code next} says. */
  public void plan(Plan next) {
    this.plan = next;
  }

  @Override
  public Digest put(byte[] bytes) {
    return calling("put", () -> store.put(bytes));
  }

  @Override
  public void putDigested(Map<Path, Digest> digests) {
    Fault fault = next("putDigested");
    if (fault == Fault.PARTIAL) {
      Map<Path, Digest> some = new LinkedHashMap<>();
      digests.forEach(
          (path, digest) -> {
            if (some.size() < digests.size() / 2) {
              some.put(path, digest);
            }
          });
      store.putDigested(some);
      throw failure("putDigested", "only some files were stored");
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
    Fault fault = next("fetch");
    if (fault == Fault.PARTIAL) {
      try {
        byte[] bytes = store.read(digest);
        Files.write(
            target.resolveSibling(".part-torn"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw failure("fetch", "only half arrived");
    }
    calling(
        "fetch",
        fault,
        () -> {
          store.fetch(digest, target);
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
    return calling("createEntry", () -> store.createEntry(name, value));
  }

  @Override
  public Optional<byte[]> entry(String name) {
    return calling("entry", () -> store.entry(name));
  }

  @Override
  public List<String> entries(String prefix) {
    return calling("entries", () -> store.entries(prefix));
  }

  @Override
  public void deleteEntry(String name) {
    calling(
        "deleteEntry",
        () -> {
          store.deleteEntry(name);
          return true;
        });
  }

  @Override
  public int collectGarbage(Predicate<Digest> isNamed, Instant olderThan) {
    return calling("collectGarbage", () -> store.collectGarbage(isNamed, olderThan));
  }

  private <T> T calling(String method, Supplier<T> call) {
    return calling(method, next(method), call);
  }

  private <T> T calling(String method, Fault fault, Supplier<T> call) {
    return switch (fault) {
      case NONE -> call.get();
      case ERROR, PARTIAL -> throw failure(method, "connection reset");
      case UNAVAILABLE -> throw failure(method, "503 Slow Down");
      case DELAY -> {
        LockSupport.parkNanos(DELAY.toNanos());
        yield call.get();
      }
      case LOST_REPLY -> {
        T _ = call.get();
        throw failure(method, "the reply was lost");
      }
    };
  }

  private Fault next(String method) {
    return plan.fault(calls.incrementAndGet(), method);
  }

  private static ObjectStoreException failure(String method, String reason) {
    return new ObjectStoreException("injected fault in " + method + ": " + reason);
  }
}
