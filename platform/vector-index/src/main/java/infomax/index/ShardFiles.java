package infomax.index;

import infomax.events.Digest;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.store.Directory;

/**
 * The files a writer has made, with the digests known so far. Merge threads add theirs while the
 * writer's thread puts commits into the store; thread-safe for that.
 */
final class ShardFiles {

  private final ObjectStore store;
  private final Path folder;
  private final Directory directory;
  private final Map<String, IndexFile> digested = new ConcurrentHashMap<>();
  private Set<String> published;

  ShardFiles(ObjectStore store, Path folder, Directory directory, Collection<IndexFile> known) {
    this.store = store;
    this.folder = folder;
    this.directory = directory;
    this.published = IndexFolder.names(known);
    known.forEach(file -> digested.put(file.name(), file));
  }

  /** Prepares the files of a merged segment for a commit, before the writer switches to it. */
  void prepareMerged(LeafReader merged) throws IOException {
    if (merged instanceof SegmentReader segment) {
      directory.sync(segment.getSegmentInfo().files());
      for (String name : segment.getSegmentInfo().files()) {
        digest(name);
      }
    }
  }

  /**
   * Puts every file of a commit into the store, whatever no publication names yet at every call: an
   * object that nobody names is garbage some day, and a writer may stand still between two attempts
   * for longer than that.
   */
  List<IndexFile> put(IndexCommit commit) throws IOException {
    List<IndexFile> files = new ArrayList<>();
    Map<Path, Digest> missing = new LinkedHashMap<>();
    for (String name : commit.getFileNames()) {
      IndexFile file = digest(name);
      files.add(file);
      if (!published.contains(name)) {
        missing.put(folder.resolve(name), file.digest());
      }
    }
    store.putDigested(missing);
    return files;
  }

  /** Remembers that a publication names these files now, and forgets all others. */
  void published(List<IndexFile> files) {
    Set<String> now = IndexFolder.names(files);
    published.stream().filter(name -> !now.contains(name)).forEach(digested::remove);
    published = now;
  }

  private IndexFile digest(String name) throws IOException {
    IndexFile known = digested.get(name);
    if (known != null) {
      return known;
    }
    Path path = folder.resolve(name);
    IndexFile file = new IndexFile(name, Files.size(path), ObjectStore.digest(path));
    digested.put(name, file);
    return file;
  }
}
