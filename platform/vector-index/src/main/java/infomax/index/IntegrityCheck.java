package infomax.index;

import infomax.index.PublishedIndex.Integrity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;

/** Lucene's check of every file and structure of one commit, graphs included. */
final class IntegrityCheck {

  private IntegrityCheck() {}

  static Integrity run(Directory directory, Manifest manifest) throws IOException {
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(report, false, StandardCharsets.UTF_8);
        CheckIndex check = new CheckIndex(new OnlyFiles(directory, manifest.files()))) {
      check.setInfoStream(out);
      check.setThreadCount(1);
      check.setLevel(CheckIndex.Level.MIN_LEVEL_FOR_SLOW_CHECKS);
      boolean clean = check.checkIndex().clean;
      out.flush();
      return new Integrity(clean, clean ? "" : report.toString(StandardCharsets.UTF_8));
    }
  }

  /** A directory of which only some files are seen, so that the check sees one commit. */
  private static final class OnlyFiles extends FilterDirectory {
    private final Set<String> names;

    OnlyFiles(Directory directory, List<IndexFile> files) {
      super(directory);
      this.names = IndexFolder.names(files);
    }

    @Override
    public String[] listAll() throws IOException {
      return Stream.of(super.listAll()).filter(names::contains).toArray(String[]::new);
    }
  }
}
