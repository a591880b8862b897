package infomax.standalone;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The folder that holds everything the standalone system keeps; locked while it is in use. */
public final class DataFolder implements AutoCloseable {

  /** Free space below which nothing is started: a broker that runs out of disk stops for good. */
  static final long FREE_BYTES_MIN = 1L << 30;

  private final Path root;
  private final FileChannel lockFile;

  private DataFolder(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * Opens the folder, creating it if it is missing.
   *
   * @throws UserError if it cannot be written, is in use, or its disk is nearly full
   */
  static DataFolder open(Path root) {
    Path folder = root.toAbsolutePath().normalize();
    try {
      Files.createDirectories(folder);
      long free = Files.getFileStore(folder).getUsableSpace();
      if (free < FREE_BYTES_MIN) {
        throw new UserError(
            "the disk of "
                + folder
                + " has "
                + (free >> 20)
                + " MiB free and "
                + (FREE_BYTES_MIN >> 20)
                + " MiB are needed: free some, or choose another folder with --data DIR");
      }
      FileChannel lockFile =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(lockFile) == null) {
        lockFile.close();
        throw new UserError(
            folder
                + " is in use by a running system: stop it, or choose another folder with --data DIR");
      }
      return new DataFolder(folder, lockFile);
    } catch (IOException e) {
      throw new UserError(
          folder
              + " cannot be used ("
              + e.getMessage()
              + "): choose another folder with --data DIR",
          e);
    }
  }

  /** Where the running system is: a properties file in its folder, for commands beside it. */
  public static Path cluster(Path root) {
    return root.resolve("cluster.properties");
  }

  /** Says where the running system is. */
  void tellCluster(Map<String, String> settings) {
    Properties properties = new Properties();
    properties.putAll(settings);
    try (Writer out = Files.newBufferedWriter(cluster(root))) {
      properties.store(out, "where the running system is");
    } catch (IOException e) {
      throw new UserError(cluster(root) + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** The broker's folder. */
  Path kafka() {
    return root.resolve("kafka");
  }

  /** The object store. */
  Path objects() {
    return root.resolve("objects");
  }

  /** The indexer's local indexes. */
  Path index() {
    return root.resolve("index");
  }

  /** Publications opened for search. */
  Path cache() {
    return root.resolve("cache");
  }

  /** The trainer's snapshots and checkpoints. */
  Path trainer() {
    return root.resolve("trainer");
  }

  /** Output of this process and its children. */
  Path logs() {
    return root.resolve("logs");
  }

  /** Where the demo's stream is. */
  Path demoState() {
    return root.resolve("demo.json");
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }
}
