package infomax.store;

import infomax.events.Digest;
import java.io.IOException;
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

  private ObjectStore(Path objects, Path entries, DurableFiles files) {
    this.objects = objects;
    this.entries = entries;
    this.files = files;
  }

  /**
   * Opens the store in {@code folder}, creating the folders that are missing.
   *
   * @throws ObjectStoreException if the folder cannot be written or knows no hard links
   */
  public static ObjectStore open(Path folder) {
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
      return new ObjectStore(objects, entries, files);
    } catch (IOException e) {
      throw new ObjectStoreException("object store " + root + " cannot be opened: " + e, e);
    }
  }

  /**
   * Stores {@code bytes} and returns their digest; storing the same bytes again changes nothing.
   */
  public Digest put(byte[] bytes) {
    Digest digest = Digest.of(bytes);
    if (!contains(digest)) {
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
      if (!contains(entry.getValue())) {
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
   * @throws ObjectStoreException if it is absent or its bytes do not have the digest
   */
  public byte[] read(Digest digest) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(object(digest));
    } catch (NoSuchFileException e) {
      throw absent(digest, e);
    } catch (IOException e) {
      throw new ObjectStoreException("object " + digest + " cannot be read: " + e, e);
    }
    Digest found = Digest.of(bytes);
    if (!found.equals(digest)) {
      throw new ObjectStoreException(
          "object " + digest + " is corrupt: its bytes have the digest " + found);
    }
    return bytes;
  }

  /**
   * Makes {@code target} a file with the object's content, by hard link where possible, else by
   * copy. The content is not verified. An existing target is left as it is. Not forced to disk: the
   * target is a copy of what the store has.
   *
   * @throws ObjectStoreException if the object is absent
   */
  public void linkTo(Digest digest, Path target) {
    Path source = object(digest);
    if (!Files.exists(source)) {
      throw absent(digest, null);
    }
    files.linkOrCopy(source, target);
  }

  /** True if the store has the object; its content is not looked at. */
  public boolean contains(Digest digest) {
    return Files.exists(object(digest));
  }

  /** Deletes an object; one that is absent changes nothing. */
  public void delete(Digest digest) {
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
    Path entry = entry(name, true);
    return files.create(entry, value);
  }

  /** The value of an entry, if there is one. */
  public Optional<byte[]> entry(String name) {
    try {
      return Optional.of(Files.readAllBytes(entry(name, false)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ObjectStoreException("entry " + name + " cannot be read: " + e, e);
    }
  }

  /**
   * The names of all entries in the folder {@code prefix} and below, sorted.
   *
   * @param prefix whole parts of a name, without a slash at the end
   */
  public List<String> entries(String prefix) {
    List<String> names = new ArrayList<>();
    try {
      addNames(entry(prefix, false), names);
    } catch (IOException e) {
      throw new ObjectStoreException("entries under " + prefix + " cannot be listed: " + e, e);
    }
    Collections.sort(names);
    return names;
  }

  /** Deletes an entry; one that is absent changes nothing. */
  public void deleteEntry(String name) {
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

  private static ObjectStoreException absent(
      Digest digest, @org.jspecify.annotations.Nullable Throwable cause) {
    String message = "object " + digest + " is absent: it was never stored or is garbage by now";
    return cause == null
        ? new ObjectStoreException(message)
        : new ObjectStoreException(message, cause);
  }
}
