package infomax.ingest.batch;

import infomax.imaging.ImageIntake;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/** The files of a tar or zip; each is an image under its path as id. Folders are passed over. */
final class ArchiveEntries implements Entries {

  /** An entry that unpacks to more than this is not even passed over. */
  private static final long PASSED_OVER_BYTES_MAX = 64L * 1024 * 1024;

  private final ArchiveInputStream<? extends ArchiveEntry> archive;
  private final Making making;

  private ArchiveEntries(ArchiveInputStream<? extends ArchiveEntry> archive, Making making) {
    this.archive = archive;
    this.making = making;
  }

  static ArchiveEntries tar(InputStream body, Making making) {
    return new ArchiveEntries(
        new TarArchiveInputStream(body, StandardCharsets.UTF_8.name()), making);
  }

  static ArchiveEntries zip(InputStream body, Making making) {
    return new ArchiveEntries(
        new ZipArchiveInputStream(body, StandardCharsets.UTF_8.name(), true, true), making);
  }

  @Override
  public Optional<Entry> next() throws IOException {
    try {
      ArchiveEntry entry = archive.getNextEntry();
      while (entry != null && !isFile(entry)) {
        entry = archive.getNextEntry();
      }
      return entry == null ? Optional.empty() : Optional.of(read(entry));
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      // Not every damaged header is told by an IOException.
      throw new IOException("the archive is damaged: " + e.getMessage(), e);
    }
  }

  private Entry read(ArchiveEntry entry) throws IOException {
    String name = entry.getName();
    byte[] bytes = archive.readNBytes(ImageIntake.BYTES_MAX + 1);
    if (bytes.length <= ImageIntake.BYTES_MAX) {
      return making.entry(name, name, bytes, null);
    }
    byte[] sink = new byte[64 * 1024];
    long passed = bytes.length;
    for (int more = 0; more >= 0; more = archive.read(sink)) {
      passed += more;
      if (passed > PASSED_OVER_BYTES_MAX) {
        throw new IOException(
            name + " has more than " + PASSED_OVER_BYTES_MAX + " bytes, what follows was not read");
      }
    }
    return Entries.tooManyBytes(name);
  }

  private static boolean isFile(ArchiveEntry entry) {
    return entry instanceof TarArchiveEntry tar ? tar.isFile() : !entry.isDirectory();
  }
}
