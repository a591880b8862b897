package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.events.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers across the death of this process which images were being embedded when it died: native
 * code can take the process with it, and the same image would do so again after every restart. What
 * was in flight at two deaths is embedded alone, while nothing else is embedded in this process; an
 * image that was in flight at a third one is fatal and is not tried again.
 *
 * <p>A process that is killed from outside leaves the same trace, but not three times with one
 * image: the third time it is alone, for some milliseconds. One that is embedded is suspected no
 * longer.
 *
 * <p>Files: {@code embedding-<generation>-<shard>.json} while images are in flight and {@value
 * #SUSPECTS}, not forced to disk, since the machine outlives the process. Where they cannot be
 * written, nothing is remembered. Thread-safe; one process per folder.
 */
final class FatalImages {

  /** Its deletion makes every image be tried again. */
  static final String SUSPECTS = "suspects.json";

  private static final Logger LOG = LoggerFactory.getLogger(FatalImages.class);
  private static final String IN_FLIGHT = "embedding-";
  private static final int ALONE_AFTER = 2;
  private static final int FATAL_AFTER = 3;

  private final Path folder;
  private final Map<Digest, Integer> deaths;
  private final ReadWriteLock flights = new ReentrantReadWriteLock(true);

  private FatalImages(Path folder, Map<Digest, Integer> deaths) {
    this.folder = folder;
    this.deaths = deaths;
  }

  /** Reads what the last process of this folder left. */
  static FatalImages open(Path folder) {
    FatalImages images = new FatalImages(folder, new HashMap<>());
    try {
      Files.createDirectories(folder);
      read(folder.resolve(SUSPECTS), Suspects.class, new Suspects(Map.of()))
          .deaths()
          .forEach((digest, count) -> images.deaths.put(new Digest(digest), count));
      images.countDeath();
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("what was embedded last is unknown: {}", e.toString());
    }
    return images;
  }

  /** True if the image was in flight at so many deaths that it is not tried again. */
  synchronized boolean isFatal(Digest image) {
    return deaths.getOrDefault(image, 0) >= FATAL_AFTER;
  }

  /** True if the image has to be embedded alone. */
  synchronized boolean isSuspect(Digest image) {
    return deaths.getOrDefault(image, 0) == ALONE_AFTER;
  }

  /**
   * Embedding of images begins; waits until nothing is embedded alone, or nothing at all.
   *
   * @param name who embeds, one flight at a time
   * @param alone true if this process shall embed nothing else meanwhile
   */
  Flight begin(String name, Collection<Digest> images, boolean alone) throws InterruptedException {
    Lock lock = alone ? flights.writeLock() : flights.readLock();
    lock.lockInterruptibly();
    Path file = folder.resolve(IN_FLIGHT + name + ".json");
    try {
      Files.write(file, Json.write(new InFlight(List.copyOf(images))));
    } catch (IOException e) {
      // On a full disk the next commit says so.
      LOG.debug("images in flight cannot be noted: {}", e.toString());
    }
    return new Flight(file, lock);
  }

  /** Embedded without harm. */
  synchronized void survived(Collection<Digest> images) {
    boolean changed = false;
    for (Digest image : images) {
      changed |= deaths.remove(image) != null;
    }
    if (changed) {
      try {
        save();
      } catch (IOException e) {
        LOG.warn("suspects cannot be saved: {}", e.toString());
      }
    }
  }

  /** Images being embedded. */
  static final class Flight {
    private final Path file;
    private final Lock lock;

    private Flight(Path file, Lock lock) {
      this.file = file;
      this.lock = lock;
    }

    /**
     * It is over; called by the thread that began it.
     *
     * @param alive false if an error is about to end that thread or the process
     */
    void end(boolean alive) {
      try {
        if (alive) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        LOG.warn("{} cannot be deleted: {}", file, e.toString());
      } finally {
        lock.unlock();
      }
    }
  }

  /** Content of a file of images in flight. */
  private record InFlight(List<Digest> images) {}

  /** Content of the file of suspects: deaths by digest. */
  private record Suspects(Map<String, Integer> deaths) {}

  private synchronized void countDeath() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, IN_FLIGHT + "*.json")) {
      Set<Digest> inFlight = new HashSet<>();
      for (Path file : left) {
        // Several may embed the same image: one death counts once.
        inFlight.addAll(read(file, InFlight.class, new InFlight(List.of())).images());
      }
      inFlight.forEach(digest -> deaths.merge(digest, 1, Integer::sum));
      if (!inFlight.isEmpty()) {
        LOG.warn(
            "the last process ended while it embedded {} images, one of them for the {}. time",
            inFlight.size(),
            inFlight.stream().mapToInt(digest -> deaths.get(digest)).max().orElse(0));
        save();
      }
    }
    // Only once the count is safe: a death in between counts twice and not never.
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, IN_FLIGHT + "*.json")) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void save() throws IOException {
    Map<String, Integer> saved = new TreeMap<>();
    deaths.forEach((digest, count) -> saved.put(digest.hex(), count));
    Path part = folder.resolve(SUSPECTS + ".part");
    Files.write(part, Json.write(new Suspects(saved)));
    Files.move(part, folder.resolve(SUSPECTS), StandardCopyOption.ATOMIC_MOVE);
  }

  /** What a process that died while it wrote has left is as good as nothing. */
  private static <T> T read(Path file, Class<T> type, T otherwise) throws IOException {
    try {
      return Json.read(Files.readAllBytes(file), type);
    } catch (NoSuchFileException e) {
      return otherwise;
    } catch (IllegalArgumentException e) {
      LOG.warn("{} is unreadable and given up: {}", file, e.getMessage());
      return otherwise;
    }
  }
}
