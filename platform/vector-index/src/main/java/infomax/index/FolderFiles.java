package infomax.index;

import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/** Those in a folder, where Lucene commits. */
final class FolderFiles implements LocalFiles {

  private final ObjectStore store;
  private final Path folder;

  FolderFiles(ObjectStore store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  @Override
  public Optional<CommitMark> newestCommit() throws IOException {
    try (Directory directory = new MMapDirectory(folder)) {
      return CommitMark.newest(directory);
    }
  }

  @Override
  public void replaceBy(List<IndexFile> files) {
    IndexFolder local = IndexFolder.open(store, folder);
    // What an attempt before this one brought, or an older commit has in common, stays.
    local.keepOnly(IndexFolder.names(files));
    local.fetch(files, List.of());
  }
}
