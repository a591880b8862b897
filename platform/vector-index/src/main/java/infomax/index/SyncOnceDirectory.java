package infomax.index;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;

/**
 * Forces each file to disk once. Lucene asks for every file of a commit with every commit, although
 * it never changes a file; on a busy disk that was most of the time of a commit. Thread-safe.
 */
final class SyncOnceDirectory extends FilterDirectory {

  private final Set<String> synced = ConcurrentHashMap.newKeySet();

  SyncOnceDirectory(Directory directory) {
    super(directory);
  }

  @Override
  public void sync(Collection<String> names) throws IOException {
    List<String> unsynced = names.stream().filter(name -> !synced.contains(name)).toList();
    super.sync(unsynced);
    synced.addAll(unsynced);
  }

  @Override
  public void deleteFile(String name) throws IOException {
    synced.remove(name);
    super.deleteFile(name);
  }

  @Override
  public void rename(String source, String target) throws IOException {
    super.rename(source, target);
    if (synced.remove(source)) {
      synced.add(target);
    }
  }
}
