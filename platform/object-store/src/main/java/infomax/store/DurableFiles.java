package infomax.store;

import infomax.events.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Files that appear whole or not at all. A file is written under a name nobody reads, forced to
 * disk, and then hard linked to its final name: linking fails if the name is taken, in one step on
 * every POSIX file system, which renaming does not. Thread-safe.
 */
final class DurableFiles {

  /** Begins the names of copies that are not finished. */
  static final String PART_PREFIX = ".part-";

  private static final int BUFFER_BYTES = 1 << 16;

  private final Path incoming;

  DurableFiles(Path incoming) {
    this.incoming = incoming;
  }

  /** Creates {@code target} with these bytes; false if it exists. Forced to disk. */
  boolean create(Path target, byte[] bytes) {
    Path written = incoming.resolve(UUID.randomUUID().toString());
    try {
      write(written, bytes);
      try {
        Files.createLink(target, written);
      } catch (FileAlreadyExistsException e) {
        return false;
      }
      force(folderOf(target));
      return true;
    } catch (IOException e) {
      throw new ObjectStoreException(target + " cannot be written: " + e, e);
    } finally {
      delete(written);
    }
  }

  /**
   * Makes {@code target} a link to {@code source}, or a copy of it on another file system. An
   * existing target is left. A copy is forced to disk, the folder is not.
   */
  void linkOrCopy(Path source, Path target) {
    try {
      Files.createLink(target, source);
    } catch (FileAlreadyExistsException e) {
      // Same name, same content: objects never change.
    } catch (NoSuchFileException e) {
      throw new ObjectStoreException(source + " cannot be linked to " + target + ": " + e, e);
    } catch (FileSystemException | UnsupportedOperationException e) {
      copy(source, target);
    } catch (IOException e) {
      throw new ObjectStoreException(source + " cannot be linked to " + target + ": " + e, e);
    }
  }

  /** Forces a folder to disk, so that the names in it survive a crash of the machine. */
  void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new ObjectStoreException("folder " + folder + " cannot be forced to disk: " + e, e);
    }
  }

  /** Creates the folders between {@code root}, which has to exist, and {@code folder}, durably. */
  void createFolders(Path root, Path folder) {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = root;
    for (Path part : root.relativize(folder)) {
      Path child = parent.resolve(part);
      try {
        Files.createDirectory(child);
      } catch (FileAlreadyExistsException e) {
        // Another call makes the same folders.
      } catch (IOException e) {
        throw new ObjectStoreException("folder " + child + " cannot be created: " + e, e);
      }
      force(parent);
      parent = child;
    }
  }

  /** Fails with a clear message where the file system knows no hard links. */
  void verifyHardLinks() throws IOException {
    Path probe = incoming.resolve(UUID.randomUUID().toString());
    Path link = incoming.resolve(UUID.randomUUID().toString());
    try {
      Files.createFile(probe);
      Files.createLink(link, probe);
    } catch (UnsupportedOperationException | FileSystemException e) {
      throw new IOException(
          "cannot create a file and a hard link to it in " + incoming + " (" + e + ")", e);
    } finally {
      delete(link);
      delete(probe);
    }
  }

  /** Removes what a crash left half written. */
  void removeOlderThan(Instant limit) throws IOException {
    try (Stream<Path> found = Files.list(incoming)) {
      List<Path> old = found.filter(path -> changedBefore(path, limit)).toList();
      old.forEach(DurableFiles::delete);
    }
  }

  /**
   * True if the file or the set of its names changed last before {@code limit}: where the file
   * system keeps the change time, a new link makes an old file young.
   */
  static boolean changedBefore(Path path, Instant limit) {
    try {
      FileTime changed =
          path.getFileSystem().supportedFileAttributeViews().contains("unix")
              ? (FileTime) Files.getAttribute(path, "unix:ctime")
              : Files.getLastModifiedTime(path);
      return changed.toInstant().isBefore(limit);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes a file young; false if it is absent. Files that changed within the minute are left: the
   * time between two garbage collections is far longer.
   */
  static boolean touch(Path path) {
    try {
      Instant now = Instant.now();
      if (changedBefore(path, now.minusSeconds(60))) {
        Files.setLastModifiedTime(path, FileTime.from(now));
      }
      return Files.exists(path);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new ObjectStoreException(path + " cannot be touched: " + e, e);
    }
  }

  static Path folderOf(Path file) {
    return file.resolveSibling("");
  }

  static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new ObjectStoreException(path + " cannot be deleted: " + e, e);
    }
  }

  static Digest digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return digest(in);
    }
  }

  static Digest digest(InputStream in) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      sha256.update(buffer, 0, read);
    }
    return Digest.of(sha256);
  }

  /** Copies beside the target first, so that the target appears whole. */
  private static void copy(Path source, Path target) {
    Path beside = target.resolveSibling(PART_PREFIX + UUID.randomUUID());
    try {
      Files.copy(source, beside);
      try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new ObjectStoreException(source + " cannot be copied to " + target + ": " + e, e);
    } finally {
      delete(beside);
    }
  }

  private static void write(Path path, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }
}
