package infomax.index;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a writer of a shard has left on its own disk. */
public interface LocalFiles {

  /** The mark of the newest commit among them; empty where there is none or it is unreadable. */
  Optional<CommitMark> newestCommit() throws IOException;

  /**
   * Brings the files of a publication here; no other stays.
   *
   * @param files none to have nothing here afterwards
   * @throws IndexCorruptException if one is absent from the store or damaged
   */
  void replaceBy(List<IndexFile> files);
}
