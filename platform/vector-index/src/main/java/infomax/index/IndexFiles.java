package infomax.index;

import java.nio.file.Path;

/** Folders of index files. */
public final class IndexFiles {

  private IndexFiles() {}

  /**
   * Deletes a folder of a writer or of opened publications and everything in it; one that is absent
   * changes nothing. What is open stays readable where the file system allows it.
   */
  public static void deleteFolder(Path folder) {
    IndexFolder.deleteTree(folder);
  }
}
