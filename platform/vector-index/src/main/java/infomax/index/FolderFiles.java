package infomax.index;

import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    local.keepOnly(Set.of());
    local.fetch(files);
  }
}
