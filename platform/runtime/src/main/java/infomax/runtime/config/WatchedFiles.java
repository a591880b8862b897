package infomax.runtime.config;

import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small files that belong together and are read again when one of them changes. Contents that
 * cannot be used are said once in the log and by {@link #check()}, and what was in use before stays
 * in use. Looks at the bytes, not at times: files are also replaced by links. Thread-safe.
 */
public final class WatchedFiles implements Check, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final long BYTES_MAX = 1L << 20;

  private final String name;
  private final List<Path> files;
  private final Use use;
  private final ScheduledExecutorService looking;
  private List<byte[]> seen = List.of();
  private volatile String problem = "";

  private WatchedFiles(String name, List<Path> files, Use use) {
    this.name = name;
    this.files = List.copyOf(files);
    this.use = use;
    this.looking =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name + "-watch").factory());
  }

  /** Takes contents into use, or refuses them. */
  @FunctionalInterface
  public interface Use {
    /**
     * Takes the contents of all files, in their order.
     *
     * @throws ConfigurationException saying what is wrong, never a secret in them
     */
    void take(List<byte[]> contents);
  }

  /**
   * Reads the files, and watches them from then on.
   *
   * @param name what they are, for health and log
   * @throws ConfigurationException if they cannot be read or used, now
   */
  public static WatchedFiles open(String name, List<Path> files, Use use) {
    WatchedFiles watched = new WatchedFiles(name, files, use);
    try {
      watched.seen = watched.read();
      use.take(watched.seen);
    } catch (ConfigurationException e) {
      watched.close();
      throw new ConfigurationException(files + ": " + e.getMessage());
    }
    // Never ends by itself: looking throws nothing.
    ScheduledFuture<?> _ =
        watched.looking.scheduleWithFixedDelay(
            watched::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return watched;
  }

  @Override
  public String name() {
    return name;
  }

  /** Failed while the files as they are now cannot be used; does not say what is in them. */
  @Override
  public CheckResult check() {
    return problem.isEmpty()
        ? CheckResult.ok()
        : CheckResult.failed("the files are broken, what was before stays in force; see the log");
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }

  private void look() {
    try {
      List<byte[]> now = readNow();
      if (same(now)) {
        return;
      }
      seen = now;
      use.take(now);
      problem = "";
      LOG.info("{} files={} state=read-again", name, files);
    } catch (RuntimeException e) {
      String reason = String.valueOf(e.getMessage());
      if (!reason.equals(problem)) {
        LOG.warn("{} files={} state=broken, what was before stays: {}", name, files, reason);
      }
      problem = reason;
    }
  }

  /** What could not be read was not seen: it is news when it can be read again. */
  private List<byte[]> readNow() {
    try {
      return read();
    } catch (ConfigurationException e) {
      seen = List.of();
      throw e;
    }
  }

  private boolean same(List<byte[]> now) {
    if (seen.size() != now.size()) {
      return false;
    }
    for (int ordinal = 0; ordinal < now.size(); ordinal++) {
      if (!Arrays.equals(seen.get(ordinal), now.get(ordinal))) {
        return false;
      }
    }
    return true;
  }

  private List<byte[]> read() {
    List<byte[]> contents = new ArrayList<>();
    for (Path file : files) {
      try {
        if (Files.size(file) > BYTES_MAX) {
          throw new ConfigurationException(file + " has more than " + BYTES_MAX + " bytes");
        }
        contents.add(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new ConfigurationException(file + " cannot be read (" + e + ")");
      }
    }
    return contents;
  }
}
