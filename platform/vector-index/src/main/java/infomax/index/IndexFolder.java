package infomax.index;

import infomax.events.Digest;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexWriter;

/**
 * A local folder that files of publications are fetched into. A file has its final name only once
 * its length and digest were found right; each content is verified once in the life of this object.
 * Thread-safe.
 */
final class IndexFolder {

  /**
   * Begins the names of files that are not whole yet. Lucene takes a name that begins with {@code
   * segments} for a commit, whatever follows, so that the file's own name may not come first.
   */
  private static final String PART_PREFIX = "part-";

  private final ObjectStore store;
  private final Path path;
  private final Set<Digest> verified;

  private IndexFolder(ObjectStore store, Path path, Set<Digest> verified) {
    this.store = store;
    this.path = path;
    this.verified = verified;
  }

  static IndexFolder open(ObjectStore store, Path path) {
    return create(store, path, ConcurrentHashMap.newKeySet());
  }

  /** Another folder for files of which many were verified here. */
  IndexFolder sibling(Path other) {
    return create(store, other, verified);
  }

  Path path() {
    return path;
  }

  ObjectStore store() {
    return store;
  }

  /**
   * Brings every file of a publication here, the one that names the others last, so that a folder
   * that was not filled holds no commit. What was brought before a failure need not be brought
   * again.
   *
   * @throws IndexCorruptException if an object is absent or not what the manifest says, which is
   *     the publication's fault; the message says which
   * @throws ObjectStoreException if the store does not answer, which may pass
   * @throws IndexException if this folder cannot be written, which may pass
   */
  void fetch(Collection<IndexFile> files) {
    List<IndexFile> commitLast =
        files.stream()
            .sorted(Comparator.comparing(file -> file.name().startsWith(IndexFileNames.SEGMENTS)))
            .toList();
    for (IndexFile file : commitLast) {
      Path target = path.resolve(file.name());
      if (verified.contains(file.digest()) && Files.exists(target)) {
        continue;
      }
      try {
        if (!isRight(target, file)) {
          fetch(file, target);
        }
      } catch (IOException e) {
        throw new IndexException("file " + target + " cannot be fetched: " + e, e);
      }
      verified.add(file.digest());
    }
  }

  /** Deletes every file that is not named, apart from Lucene's lock. */
  void keepOnly(Set<String> names) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(path)) {
      for (Path file : found) {
        String name = String.valueOf(file.getFileName());
        if (!names.contains(name) && !name.equals(IndexWriter.WRITE_LOCK_NAME)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new IndexException("folder " + path + " cannot be tidied: " + e, e);
    }
  }

  static Set<String> names(Collection<IndexFile> files) {
    return files.stream().map(IndexFile::name).collect(Collectors.toSet());
  }

  /** Deletes a folder and everything in it; one that is absent changes nothing. */
  static void deleteTree(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException thrown)
                throws IOException {
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      // Nothing to delete.
    } catch (IOException e) {
      throw new IndexException("folder " + folder + " cannot be deleted: " + e, e);
    }
  }

  private static IndexFolder create(ObjectStore store, Path path, Set<Digest> verified) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new IndexException("folder " + path + " cannot be created: " + e, e);
    }
    return new IndexFolder(store, path, verified);
  }

  private void fetch(IndexFile file, Path target) throws IOException {
    Path part = path.resolve(PART_PREFIX + file.name());
    Files.deleteIfExists(part);
    try {
      store.fetch(file.digest(), part);
    } catch (ObjectBrokenException e) {
      throw new IndexCorruptException(
          "file " + file.name() + " cannot be fetched; take a newer publication: " + e.getMessage(),
          e);
    }
    if (!verified.contains(file.digest()) && !isRight(part, file)) {
      Files.deleteIfExists(part);
      throw new IndexCorruptException(
          "file "
              + file.name()
              + " is corrupt in the store: object "
              + file.digest()
              + " does not have that digest or not "
              + file.lengthBytes()
              + " bytes");
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean isRight(Path path, IndexFile file) throws IOException {
    return Files.exists(path)
        && Files.size(path) == file.lengthBytes()
        && ObjectStore.digest(path).equals(file.digest());
  }
}
