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

  private DirectoryObjectStore(Path objects, Path entries, DurableFiles files) {
    this.objects = objects;
    this.entries = entries;
    this.files = files;
  }

  /**
   * Opens the store in {@code folder}, creating the folders that are missing.
   *
   * @throws ObjectStoreException if the folder cannot be written or knows no hard links
   */
  static DirectoryObjectStore open(Path folder) {
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
      return new DirectoryObjectStore(objects, entries, files);
    } catch (IOException e) {
      throw new ObjectStoreException("object store " + root + " cannot be opened: " + e, e);
    }
  }

  @Override
  public Digest put(byte[] bytes) {
    Digest digest = Digest.of(bytes);
    if (!keeps(digest)) {
      files.create(object(digest), bytes);
    }
    return digest;
  }

  @Override
  public void putDigested(Map<Path, Digest> digests) {
    boolean added = false;
    for (Map.Entry<Path, Digest> entry : digests.entrySet()) {
      if (!keeps(entry.getValue())) {
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
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(object(digest));
    } catch (NoSuchFileException e) {
      throw UnusableObjectException.absent(digest, e);
    } catch (IOException e) {
      throw new ObjectStoreException("object " + digest + " cannot be read: " + e, e);
    }
    return UnusableObjectException.verified(digest, bytes);
  }

  /** By hard link where possible, else by copy. */
  @Override
  public void fetch(Digest digest, Path target) {
    Path source = object(digest);
    if (!Files.exists(source)) {
      throw UnusableObjectException.absent(digest, null);
    }
    files.linkOrCopy(source, target);
  }

  @Override
  public boolean contains(Digest digest) {
    return Files.exists(object(digest));
  }

  @Override
  public void delete(Digest digest) {
    DurableFiles.delete(object(digest));
  }

  @Override
  public boolean createEntry(String name, byte[] value) {
    Path entry = entryPath(name);
    files.createFolders(entries, DurableFiles.folderOf(entry));
    return files.create(entry, value);
  }

  @Override
  public Optional<byte[]> entry(String name) {
    try {
      return Optional.of(Files.readAllBytes(entryPath(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ObjectStoreException("entry " + name + " cannot be read: " + e, e);
    }
  }

  @Override
  public List<String> entries(String prefix) {
    List<String> names = new ArrayList<>();
    try {
      addNames(entryPath(prefix), names);
    } catch (IOException e) {
      throw new ObjectStoreException("entries under " + prefix + " cannot be listed: " + e, e);
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public void deleteEntry(String name) {
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

  /** True if the object is there; it is young again then, since somebody is about to name it. */
  private boolean keeps(Digest digest) {
    return DurableFiles.touch(object(digest));
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
}
