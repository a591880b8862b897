package infomax.store;

import infomax.events.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Immutable objects, each named by the SHA-256 of its bytes, and named entries that are created
 * once and never changed. Creating an entry only if it is absent is the one compare-and-set
 * everything else rests on.
 *
 * <p>Whatever a method has returned is durable. Every method throws {@link ObjectStoreException} if
 * the store cannot be reached or refuses; what was asked may then have happened or not, and asking
 * again is safe. Thread-safe; several processes may use one store. A store holds nothing that has
 * to be closed.
 */
public interface ObjectStore {

  /**
   * Opens the store in a folder, creating the folders that are missing.
   *
   * @throws ObjectStoreException if the folder cannot be written or knows no hard links
   */
  static ObjectStore open(Path folder) {
    return open(folder, StoreObserver.NONE);
  }

  /** As {@link #open(Path)}, with somebody who is told of every step before it is taken. */
  static ObjectStore open(Path folder, StoreObserver observer) {
    return DirectoryObjectStore.open(folder, observer);
  }

  /** The digest of a file's content. */
  static Digest digest(Path file) {
    try {
      return DurableFiles.digest(file);
    } catch (IOException e) {
      throw new ObjectStoreException("file " + file + " cannot be read: " + e, e);
    }
  }

  /**
   * Stores {@code bytes} and returns their digest. Storing the same bytes again changes nothing but
   * the object's age; in a folder an object that was corrupt is right afterwards (a bucket's
   * service guards its bytes itself).
   */
  Digest put(byte[] bytes);

  /**
   * Stores the content of files whose digests the caller has computed before, such as while it had
   * time to. The files must never change afterwards and must already be on disk, since they may be
   * linked and not copied. A wrong digest stores a corrupt object, which every reader then refuses.
   */
  void putDigested(Map<Path, Digest> digests);

  /** Stores the content of {@code file}, under the conditions of {@link #putDigested}. */
  default Digest putFile(Path file) {
    Digest digest = digest(file);
    putDigested(Map.of(file, digest));
    return digest;
  }

  /**
   * As {@link #putDigested}, for files whose digests are not known yet.
   *
   * @return the digest of each file, in the order given
   */
  default Map<Path, Digest> putFiles(Collection<Path> paths) {
    Map<Path, Digest> digests = new LinkedHashMap<>();
    for (Path path : paths) {
      digests.put(path, digest(path));
    }
    putDigested(digests);
    return digests;
  }

  /**
   * The bytes of an object, verified.
   *
   * @throws ObjectBrokenException if it is absent or its bytes do not have the digest
   */
  byte[] read(Digest digest);

  /**
   * Makes {@code target} a file with the object's content, whole or not at all. The content is not
   * verified. An existing target is left as it is. Not forced to disk: the target is a copy of what
   * the store has.
   *
   * @throws ObjectBrokenException if the object is absent
   */
  void fetch(Digest digest, Path target);

  /**
   * Reads an object to its end to see that it is right.
   *
   * @throws ObjectBrokenException if it is absent or its bytes do not have the digest
   */
  void verify(Digest digest);

  /** True if the store has the object; its content is not looked at. */
  boolean contains(Digest digest);

  /** Deletes an object; one that is absent changes nothing. */
  void delete(Digest digest);

  /**
   * Creates an entry, if and only if there is none of that name: of several callers exactly one is
   * told true. Readers see the whole value or nothing.
   *
   * @param name lower-case letters, digits, {@code . _ -}, and slashes between parts
   * @return true if this call created it
   * @throws ObjectStoreException if the outcome is unknown, such as after a full disk or a lost
   *     reply; read the entry back to learn it
   */
  boolean createEntry(String name, byte[] value);

  /** The value of an entry, if there is one. */
  Optional<byte[]> entry(String name);

  /**
   * The names of all entries in the folder {@code prefix} and below, sorted.
   *
   * @param prefix whole parts of a name, without a slash at the end
   */
  List<String> entries(String prefix);

  /**
   * The names directly in a folder of entries, sorted and without the folder's: those of entries
   * and of folders alike. Unlike {@link #entries} it looks no further, which counts where there are
   * thousands.
   *
   * @param folder whole parts of a name, without a slash at the end
   */
  List<String> names(String folder);

  /** Deletes an entry; one that is absent changes nothing. */
  void deleteEntry(String name);

  /**
   * Deletes the objects that nothing names any more.
   *
   * @param isNamed true for every object that must stay
   * @param olderThan only objects stored, or stored again, before this instant go: younger ones may
   *     be about to be named
   * @return how many were deleted
   */
  int collectGarbage(Predicate<Digest> isNamed, Instant olderThan);
}
