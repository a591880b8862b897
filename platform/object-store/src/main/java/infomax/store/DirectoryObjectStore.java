package infomax.store;

import infomax.events.Digest;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A store in a folder. Whatever a method has returned survives a crash of the process and of the
 * machine: files and the folders that name them are forced to disk first. The file system must know
 * hard links.
 *
 * <pre>
 * objects/&lt;sha256&gt;     the objects
 * entries/&lt;name&gt;       the entries; a slash in a name is a folder
 * incoming/             files that are being written; emptied of old ones at start
 * </pre>
 */
final class DirectoryObjectStore implements ObjectStore {

  private static final Duration INCOMING_AGE_MAX = Duration.ofHours(1);

  private final Path objects;
  private final Path entries;
  private final DurableFiles files;
  private final StoreObserver observer;

  private DirectoryObjectStore(
      Path objects, Path entries, DurableFiles files, StoreObserver observer) {
    this.objects = objects;
    this.entries = entries;
    this.files = files;
    this.observer = observer;
  }

  /**
   * Opens the store in {@code folder}, creating the folders that are missing.
   *
   * @throws ObjectStoreException if the folder cannot be written or knows no hard links
   */
  static DirectoryObjectStore open(Path folder, StoreObserver observer) {
    Path root = folder.toAbsolutePath().normalize();
    Path objects = root.resolve("objects");
    Path entries = root.resolve("entries");
    Path incoming = root.resolve("incoming");
    try {
      for (Path part : List.of(objects, entries, incoming)) {
        Files.createDirectories(part);
      }
      DurableFiles files = new DurableFiles(incoming);
      files.removeOlderThan(Instant.now().minus(INCOMING_AGE_MAX));
      files.verifyHardLinks();
      return new DirectoryObjectStore(objects, entries, files, observer);
    } catch (IOException e) {
      throw new ObjectStoreException("object store " + root + " cannot be opened: " + e, e);
    }
  }

  @Override
  public Digest put(byte[] bytes) {
    Digest digest = Digest.of(bytes);
    if (needsPut(digest)) {
      files.create(object(digest), bytes);
    }
    return digest;
  }

  @Override
  public void putDigested(Map<Path, Digest> digests) {
    boolean added = false;
    for (Map.Entry<Path, Digest> entry : digests.entrySet()) {
      if (needsPut(entry.getValue())) {
        files.linkOrCopy(entry.getKey(), object(entry.getValue()));
        added = true;
      }
    }
    if (added) {
      files.force(objects);
    }
  }

  @Override
  public byte[] read(Digest digest) {
    observer.before(StoreStep.READ_OBJECT, digest.hex());
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(object(digest));
    } catch (NoSuchFileException e) {
      throw absent(digest);
    } catch (IOException e) {
      throw new ObjectStoreException("object " + digest + " cannot be read: " + e, e);
    }
    ObjectBrokenException.requireSame(digest, Digest.of(bytes));
    return bytes;
  }

  /** By hard link where possible, else by copy. */
  @Override
  public void fetch(Digest digest, Path target) {
    observer.before(StoreStep.FETCH_OBJECT, digest.hex());
    Path source = object(digest);
    if (Files.notExists(source)) {
      throw absent(digest);
    }
    files.linkOrCopy(source, target);
  }

  @Override
  public void verify(Digest digest) {
    observer.before(StoreStep.READ_OBJECT, digest.hex());
    try {
      ObjectBrokenException.requireSame(digest, DurableFiles.digest(object(digest)));
    } catch (NoSuchFileException e) {
      throw absent(digest);
    } catch (IOException e) {
      throw new ObjectStoreException("object " + digest + " cannot be read: " + e, e);
    }
  }

  @Override
  public boolean contains(Digest digest) {
    if (Files.exists(object(digest))) {
      return true;
    }
    verifyPresent(objects);
    return false;
  }

  @Override
  public void delete(Digest digest) {
    observer.before(StoreStep.DELETE_OBJECT, digest.hex());
    DurableFiles.delete(object(digest));
  }

  @Override
  public boolean createEntry(String name, byte[] value) {
    observer.before(StoreStep.CREATE_ENTRY, name);
    Path entry = entryPath(name);
    // An empty folder made in the place of one that is gone would look like a store with nothing.
    verifyPresent(entries);
    files.createFolders(entries, DurableFiles.folderOf(entry));
    return files.create(entry, value);
  }

  @Override
  public Optional<byte[]> entry(String name) {
    observer.before(StoreStep.READ_ENTRY, name);
    try {
      return Optional.of(Files.readAllBytes(entryPath(name)));
    } catch (NoSuchFileException e) {
      verifyPresent(entries);
      return Optional.empty();
    } catch (IOException e) {
      throw new ObjectStoreException("entry " + name + " cannot be read: " + e, e);
    }
  }

  @Override
  public List<String> entries(String prefix) {
    observer.before(StoreStep.LIST_ENTRIES, prefix);
    List<String> names = new ArrayList<>();
    try {
      addNames(entryPath(prefix), names);
    } catch (IOException e) {
      throw new ObjectStoreException("entries under " + prefix + " cannot be listed: " + e, e);
    }
    if (names.isEmpty()) {
      verifyPresent(entries);
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public List<String> names(String folder) {
    observer.before(StoreStep.LIST_ENTRIES, folder);
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(entryPath(folder))) {
      found.forEach(path -> names.add(path.getFileName().toString()));
    } catch (NoSuchFileException e) {
      verifyPresent(entries);
    } catch (IOException | DirectoryIteratorException e) {
      throw new ObjectStoreException("names in " + folder + " cannot be listed: " + e, e);
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public void deleteEntry(String name) {
    observer.before(StoreStep.DELETE_ENTRY, name);
    DurableFiles.delete(entryPath(name));
  }

  @Override
  public int collectGarbage(Predicate<Digest> isNamed, Instant olderThan) {
    List<Path> deleted = new ArrayList<>();
    try (Stream<Path> found = Files.list(objects)) {
      for (Path path : (Iterable<Path>) found::iterator) {
        String name = path.getFileName().toString();
        boolean unfinished = name.startsWith(DurableFiles.PART_PREFIX);
        if ((unfinished || !isNamed.test(new Digest(name)))
            && DurableFiles.changedBefore(path, olderThan)) {
          DurableFiles.delete(path);
          deleted.add(path);
        }
      }
    } catch (IOException e) {
      throw new ObjectStoreException("objects cannot be listed: " + e, e);
    }
    return deleted.size();
  }

  @Override
  public String toString() {
    return objects.resolveSibling("").toString();
  }

  /**
   * True if the object is to be written; one that is corrupt is taken away first, and one that is
   * right is young again, since somebody is about to name it.
   */
  private boolean needsPut(Digest digest) {
    Path object = object(digest);
    if (Files.exists(object)) {
      if (ObjectStore.digest(object).equals(digest) && DurableFiles.touch(object)) {
        return false;
      }
      delete(digest);
    } else {
      verifyPresent(objects);
    }
    observer.before(StoreStep.PUT_OBJECT, digest.hex());
    return true;
  }

  /** Not Files.walk, which fails when an entry is deleted while it looks. */
  private void addNames(Path folder, List<String> names) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      for (Path path : found) {
        if (Files.isDirectory(path)) {
          addNames(path, names);
        } else {
          names.add(entries.relativize(path).toString());
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing there, or not any more.
    }
  }

  private Path object(Digest digest) {
    return objects.resolve(digest.hex());
  }

  private Path entryPath(String name) {
    return entries.resolve(EntryName.checked(name));
  }

  private ObjectBrokenException absent(Digest digest) {
    verifyPresent(objects);
    return ObjectBrokenException.absent(digest);
  }

  /** Where a whole folder is gone, nothing is known of what lies in it. */
  private static void verifyPresent(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ObjectStoreException(
          "folder " + folder + " of the object store is gone; is its file system mounted?");
    }
  }
}
