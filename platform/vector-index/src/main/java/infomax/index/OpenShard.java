package infomax.index;

import infomax.index.PublishedIndex.Integrity;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;

/**
 * A publication of one shard, open for reading. Files lie under {@code folder/term-<term>/}, as
 * hard links where possible; those that another term's folder has are not fetched again. Segments
 * it has in common with the one opened before are opened once.
 */
final class OpenShard {

  private final Manifest manifest;
  private final IndexFolder folder;
  private final Directory directory;
  private final DirectoryReader reader;

  private OpenShard(
      Manifest manifest, IndexFolder folder, Directory directory, DirectoryReader reader) {
    this.manifest = manifest;
    this.folder = folder;
    this.directory = directory;
    this.reader = reader;
  }

  /** Opens a publication after another one of the same shard, still open; null for the first. */
  static OpenShard open(
      ObjectStore store, Manifest manifest, Path folder, @Nullable OpenShard previous) {
    if (previous != null && previous.manifest.equals(manifest)) {
      return previous.again();
    }
    Path path = folder.resolve("term-" + manifest.term());
    try {
      return previous != null && previous.folder.path().equals(path)
          ? openNext(manifest, previous)
          : openFirst(store, manifest, path, previous);
    } catch (CorruptIndexException | IndexFormatTooNewException | IndexFormatTooOldException e) {
      throw new IndexCorruptException(cannotBeOpened(manifest, e), e);
    } catch (IOException e) {
      throw new IndexException(cannotBeOpened(manifest, e), e);
    }
  }

  /** What is open. */
  Manifest manifest() {
    return manifest;
  }

  DirectoryReader reader() {
    return reader;
  }

  Integrity checkIntegrity() throws IOException {
    return IntegrityCheck.run(directory, manifest);
  }

  /** Lets go of the files; once. */
  void release() throws IOException {
    // Not close(): two publications of the same commit share one reader.
    reader.decRef();
  }

  /** Another shard was published, this one was not. */
  private OpenShard again() {
    reader.incRef();
    return new OpenShard(manifest, folder, directory, reader);
  }

  private static String cannotBeOpened(Manifest manifest, IOException cause) {
    return "publication "
        + manifest.sequence()
        + " of generation "
        + manifest.generation()
        + " shard "
        + manifest.shard()
        + " cannot be opened: "
        + cause;
  }

  private static OpenShard openFirst(
      ObjectStore store, Manifest manifest, Path path, @Nullable OpenShard previous)
      throws IOException {
    IndexFolder folder = IndexFolder.open(store, path);
    folder.keepOnly(IndexFolder.names(manifest.files()));
    folder.fetch(
        manifest.files(), previous == null ? otherTerms(store, path) : List.of(previous.folder));
    // The one before is still open, and the next attempt begins with it if this one fails.
    deleteOtherTerms(path, previous);
    // Never closed: it holds nothing, and readers of later publications share it.
    Directory directory = new MMapDirectory(path);
    return new OpenShard(
        manifest, folder, directory, DirectoryReader.open(commit(directory, manifest)));
  }

  private static OpenShard openNext(Manifest manifest, OpenShard previous) throws IOException {
    IndexFolder folder = previous.folder;
    folder.fetch(manifest.files(), List.of());
    // Before there is a reader, which would have to be closed if this fails.
    Set<String> needed = new HashSet<>(IndexFolder.names(manifest.files()));
    needed.addAll(IndexFolder.names(previous.manifest.files()));
    folder.keepOnly(needed);
    deleteOtherTerms(folder.path(), previous);
    Directory directory = previous.directory;
    DirectoryReader changed =
        DirectoryReader.openIfChanged(previous.reader, commit(directory, manifest));
    if (changed == null) {
      previous.reader.incRef();
      changed = previous.reader;
    }
    return new OpenShard(manifest, folder, directory, changed);
  }

  /** What an earlier run of this process left. */
  private static List<IndexFolder> otherTerms(ObjectStore store, Path path) throws IOException {
    try (Stream<Path> terms = Files.list(path.resolveSibling(""))) {
      return terms
          .filter(other -> !other.equals(path) && Files.isDirectory(other))
          .map(other -> IndexFolder.open(store, other))
          .toList();
    }
  }

  /** Files of earlier terms stay open where they are read, but need no name any more. */
  private static void deleteOtherTerms(Path path, @Nullable OpenShard previous) throws IOException {
    try (Stream<Path> siblings = Files.list(path.resolveSibling(""))) {
      siblings
          .filter(other -> !other.equals(path))
          .filter(other -> previous == null || !other.equals(previous.folder.path()))
          .forEach(IndexFolder::deleteTree);
    }
  }

  private static IndexCommit commit(Directory directory, Manifest manifest) throws IOException {
    Set<String> names = IndexFolder.names(manifest.files());
    for (IndexCommit commit : DirectoryReader.listCommits(directory)) {
      if (names.contains(commit.getSegmentsFileName())) {
        return commit;
      }
    }
    throw new IOException("no segments file among " + names);
  }
}
