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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A local folder that files of publications are fetched into. A file has its final name only once
 * its length and digest were found right; each file is verified once in the life of this object.
 * Thread-safe.
 */
final class IndexFolder {

  private static final Logger LOG = LoggerFactory.getLogger(IndexFolder.class);

  /**
   * Begins the names of files that are not whole yet. Lucene takes a name that begins with {@code
   * segments} for a commit, whatever follows, so that the file's own name may not come first.
   */
  private static final String PART_PREFIX = "part-";

  private final ObjectStore store;
  private final Path path;

  /** What was found right here, by the name it has. */
  private final Map<String, Digest> verified = new ConcurrentHashMap<>();

  private IndexFolder(ObjectStore store, Path path) {
    this.store = store;
    this.path = path;
  }

  static IndexFolder open(ObjectStore store, Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new IndexException("folder " + path + " cannot be created: " + e, e);
    }
    return new IndexFolder(store, path);
  }

  Path path() {
    return path;
  }

  /**
   * Brings every file of a publication here, the one that names the others last, so that a folder
   * that was not filled holds no commit. What was brought before a failure need not be brought
   * again.
   *
   * @param nearby folders of the same shard, which may have some of the files already
   * @throws IndexCorruptException if an object is absent or not what the manifest says, which is
   *     the publication's fault; the message says which
   * @throws ObjectStoreException if the store does not answer, which may pass
   * @throws IndexException if this folder cannot be written, which may pass
   */
  void fetch(Collection<IndexFile> files, List<IndexFolder> nearby) {
    List<IndexFile> commitLast =
        files.stream()
            .sorted(Comparator.comparing(file -> file.name().startsWith(IndexFileNames.SEGMENTS)))
            .toList();
    for (IndexFile file : commitLast) {
      try {
        if (!has(file)) {
          bring(file, nearby);
          verified.put(file.name(), file.digest());
        }
      } catch (IOException e) {
        throw new IndexException(
            "file " + path.resolve(file.name()) + " cannot be fetched: " + e, e);
      }
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
    verified.keySet().retainAll(names);
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

  /** True if the file is here and right. */
  private boolean has(IndexFile file) throws IOException {
    Path here = path.resolve(file.name());
    if (file.digest().equals(verified.get(file.name())) && Files.exists(here)) {
      return true;
    }
    if (!isRight(here, file)) {
      return false;
    }
    verified.put(file.name(), file.digest());
    return true;
  }

  private void bring(IndexFile file, List<IndexFolder> nearby) throws IOException {
    Path part = path.resolve(PART_PREFIX + file.name());
    Files.deleteIfExists(part);
    if (!link(file, part, nearby)) {
      fetch(file, part);
    }
    Files.move(
        part,
        path.resolve(file.name()),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** False if nobody nearby has the file, or it cannot be linked; the store has it too. */
  private static boolean link(IndexFile file, Path part, List<IndexFolder> nearby) {
    for (IndexFolder other : nearby) {
      try {
        if (other.has(file)) {
          Files.createLink(part, other.path.resolve(file.name()));
          return true;
        }
      } catch (IOException | ObjectStoreException | UnsupportedOperationException e) {
        LOG.debug("file {} is fetched, since it cannot be linked: {}", part, e.toString());
      }
    }
    return false;
  }

  private void fetch(IndexFile file, Path part) throws IOException {
    try {
      store.fetch(file.digest(), part);
    } catch (ObjectBrokenException e) {
      throw new IndexCorruptException(
          "file " + file.name() + " cannot be fetched; take a newer publication: " + e.getMessage(),
          e);
    }
    if (!isRight(part, file)) {
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
  }

  private static boolean isRight(Path path, IndexFile file) throws IOException {
    return Files.exists(path)
        && Files.size(path) == file.lengthBytes()
        && ObjectStore.digest(path).equals(file.digest());
  }
}
