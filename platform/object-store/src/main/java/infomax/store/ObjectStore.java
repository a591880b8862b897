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
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of immutable objects, each named by the SHA-256 of its bytes, and of named entries that
 * are created once and never changed. Creating an entry only if it is absent is the one
 * compare-and-set everything else rests on.
 *
 * <p>Whatever a method has returned survives a crash of the process and of the machine: files and
 * the folders that name them are forced to disk first. Thread-safe; several processes may use one
 * folder. The file system must know hard links.
 *
 * <pre>
 * objects/&lt;sha256&gt;     the objects
 * entries/&lt;name&gt;       the entries; a slash in a name is a folder
 * incoming/             files that are being written; emptied of old ones at start
 * </pre>
 */
public final class ObjectStore {

  private static final Pattern NAME =
      Pattern.compile("[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*");
  private static final Duration INCOMING_AGE_MAX = Duration.ofHours(1);

  private final Path objects;
  private final Path entries;
  private final DurableFiles files;
  private final StoreObserver observer;

  private ObjectStore(Path objects, Path entries, DurableFiles files, StoreObserver observer) {
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
  public static ObjectStore open(Path folder) {
    return open(folder, StoreObserver.NONE);
  }

  /** As {@link #open(Path)}, with somebody who is told of every step before it is taken. */
  public static ObjectStore open(Path folder, StoreObserver observer) {
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
      return new ObjectStore(objects, entries, files, observer);
    } catch (IOException e) {
      throw new ObjectStoreException("object store " + root + " cannot be opened: " + e, e);
    }
  }

  /**
   * Stores {@code bytes} and returns their digest. Storing the same bytes again changes nothing,
   * unless the object was corrupt: then it is right afterwards.
   */
  public Digest put(byte[] bytes) {
    Digest digest = Digest.of(bytes);
    if (needsPut(digest)) {
      files.create(object(digest), bytes);
    }
    return digest;
  }

  /** Stores the content of {@code file}: a hard link where possible, else a copy. */
  public Digest putFile(Path file) {
    Digest digest = digest(file);
    putDigested(Map.of(file, digest));
    return digest;
  }

  /**
   * Stores the content of several files at the price of one forced folder. The files must never
   * change afterwards and must already be on disk, since they may be linked and not copied.
   *
   * @return the digest of each file, in the order given
   */
  public Map<Path, Digest> putFiles(Collection<Path> paths) {
    Map<Path, Digest> digests = new LinkedHashMap<>();
    for (Path path : paths) {
      digests.put(path, digest(path));
    }
    putDigested(digests);
    return digests;
  }

  /**
   * As {@link #putFiles} for files whose digests the caller has computed before, such as while it
   * had time to. A wrong digest stores a corrupt object, which every reader then refuses.
   */
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

  /** The digest of a file's content. */
  public static Digest digest(Path file) {
    try {
      return DurableFiles.digest(file);
    } catch (IOException e) {
      throw new ObjectStoreException("file " + file + " cannot be read: " + e, e);
    }
  }

  /**
   * The bytes of an object, verified.
   *
   * @throws ObjectBrokenException if it is absent or its bytes do not have the digest
   * @throws ObjectStoreException if the store cannot be read for now
   */
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
    verify(digest, Digest.of(bytes));
    return bytes;
  }

  /**
   * Makes {@code target} a file with the object's content, by hard link where possible, else by
   * copy. The content is not verified. An existing target is left as it is. Not forced to disk: the
   * target is a copy of what the store has.
   *
   * @throws ObjectBrokenException if the object is absent
   * @throws ObjectStoreException if the store cannot be read for now, or {@code target} not written
   */
  public void linkTo(Digest digest, Path target) {
    observer.before(StoreStep.LINK_OBJECT, digest.hex());
    Path source = object(digest);
    if (Files.notExists(source)) {
      throw absent(digest);
    }
    files.linkOrCopy(source, target);
  }

  /**
   * Reads an object to its end to see that it is right.
   *
   * @throws ObjectBrokenException if it is absent or its bytes do not have the digest
   * @throws ObjectStoreException if the store cannot be read for now
   */
  public void verify(Digest digest) {
    observer.before(StoreStep.READ_OBJECT, digest.hex());
    try {
      verify(digest, DurableFiles.digest(object(digest)));
    } catch (NoSuchFileException e) {
      throw absent(digest);
    } catch (IOException e) {
      throw new ObjectStoreException("object " + digest + " cannot be read: " + e, e);
    }
  }

  /** True if the store has the object; its content is not looked at. */
  public boolean contains(Digest digest) {
    return Files.exists(object(digest));
  }

  /** Deletes an object; one that is absent changes nothing. */
  public void delete(Digest digest) {
    observer.before(StoreStep.DELETE_OBJECT, digest.hex());
    DurableFiles.delete(object(digest));
  }

  /**
   * Creates an entry, if and only if there is none of that name: of several callers exactly one is
   * told true. Readers see the whole value or nothing.
   *
   * @param name lower-case letters, digits, {@code . _ -}, and slashes between parts
   * @return true if this call created it
   * @throws ObjectStoreException if the outcome is unknown, such as after a full disk; read the
   *     entry back to learn it
   */
  public boolean createEntry(String name, byte[] value) {
    observer.before(StoreStep.CREATE_ENTRY, name);
    Path entry = entry(name, true);
    return files.create(entry, value);
  }

  /**
   * The value of an entry, if there is one.
   *
   * @throws ObjectStoreException if the store cannot be read for now
   */
  public Optional<byte[]> entry(String name) {
    observer.before(StoreStep.READ_ENTRY, name);
    try {
      return Optional.of(Files.readAllBytes(entry(name, false)));
    } catch (NoSuchFileException e) {
      verifyPresent(entries);
      return Optional.empty();
    } catch (IOException e) {
      throw new ObjectStoreException("entry " + name + " cannot be read: " + e, e);
    }
  }

  /**
   * The names of all entries in the folder {@code prefix} and below, sorted.
   *
   * @param prefix whole parts of a name, without a slash at the end
   * @throws ObjectStoreException if the store cannot be read for now
   */
  public List<String> entries(String prefix) {
    observer.before(StoreStep.LIST_ENTRIES, prefix);
    List<String> names = new ArrayList<>();
    try {
      addNames(entry(prefix, false), names);
    } catch (IOException e) {
      throw new ObjectStoreException("entries under " + prefix + " cannot be listed: " + e, e);
    }
    if (names.isEmpty()) {
      verifyPresent(entries);
    }
    Collections.sort(names);
    return names;
  }

  /**
   * The names directly in a folder of entries, sorted and without the folder's: those of entries
   * and of folders alike. Unlike {@link #entries} it looks at no file, which counts where there are
   * thousands.
   *
   * @param folder whole parts of a name, without a slash at the end
   * @throws ObjectStoreException if the store cannot be read for now
   */
  public List<String> names(String folder) {
    observer.before(StoreStep.LIST_ENTRIES, folder);
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(entry(folder, false))) {
      found.forEach(path -> names.add(path.getFileName().toString()));
    } catch (NoSuchFileException e) {
      verifyPresent(entries);
    } catch (IOException | DirectoryIteratorException e) {
      throw new ObjectStoreException("names in " + folder + " cannot be listed: " + e, e);
    }
    Collections.sort(names);
    return names;
  }

  /** Deletes an entry; one that is absent changes nothing. */
  public void deleteEntry(String name) {
    observer.before(StoreStep.DELETE_ENTRY, name);
    DurableFiles.delete(entry(name, false));
  }

  /**
   * Deletes the objects that nothing names any more.
   *
   * @param isNamed true for every object that must stay
   * @param olderThan only objects whose file changed before this instant go: younger ones may be
   *     about to be named
   * @return how many were deleted
   */
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

  /** True if the object is to be written; one that is corrupt is taken away first. */
  private boolean needsPut(Digest digest) {
    if (contains(digest)) {
      if (digest(object(digest)).equals(digest)) {
        return false;
      }
      delete(digest);
    }
    observer.before(StoreStep.PUT_OBJECT, digest.hex());
    return true;
  }

  private Path object(Digest digest) {
    return objects.resolve(digest.hex());
  }

  private Path entry(String name, boolean createParents) {
    if (!NAME.matcher(name).matches()) {
      throw new ObjectStoreException(
          "entry name '" + name + "', expected parts of a-z 0-9 . _ - with slashes in between");
    }
    Path path = entries.resolve(name);
    if (createParents) {
      files.createFolders(entries, DurableFiles.folderOf(path));
    }
    return path;
  }

  private static void verify(Digest expected, Digest found) {
    if (!found.equals(expected)) {
      throw new ObjectBrokenException(
          expected, "object " + expected + " is corrupt: its bytes have the digest " + found);
    }
  }

  private ObjectBrokenException absent(Digest digest) {
    verifyPresent(objects);
    return new ObjectBrokenException(
        digest, "object " + digest + " is absent: it was never stored or is garbage by now");
  }

  /** Where a whole folder is gone, nothing is known of what lies in it. */
  private static void verifyPresent(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ObjectStoreException(
          "folder " + folder + " of the object store is gone; is its file system mounted?");
    }
  }
}
