package infomax.ingest.batch;

import infomax.imaging.ImageIntake;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/** The files of a zip; each is an image under its path as id. Folders are passed over. */
final class ZipEntries implements Entries {

  /** An entry whose end is found only by unpacking it is not unpacked further than this. */
  private static final long UNPACKED_BYTES_MAX = 64L * 1024 * 1024;

  private final ZipArchiveInputStream archive;
  private final Making making;

  ZipEntries(InputStream body, Making making) {
    // Without entries that are neither packed nor preceded by their length: to find the end of one,
    // the reader would keep all of it.
    this.archive = new ZipArchiveInputStream(body, StandardCharsets.UTF_8.name(), true, false);
    this.making = making;
  }

  @Override
  public Optional<Entry> next() throws IOException {
    try {
      ZipArchiveEntry entry = archive.getNextEntry();
      while (entry != null && entry.isDirectory()) {
        entry = archive.getNextEntry();
      }
      return entry == null ? Optional.empty() : Optional.of(read(entry));
    } catch (IOException e) {
      throw Entries.oneLine(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      // Not every damaged header is told by an IOException; some end in a NullPointerException.
      throw Entries.oneLine("the zip is damaged: " + e.getMessage(), e);
    } catch (LinkageError e) {
      throw new IOException("the zip is packed by a method that is not supported", e);
    }
  }

  private Entry read(ZipArchiveEntry entry) throws IOException {
    String name = entry.getName();
    if (!Making.isUtf8(entry.getRawName())) {
      return Making.unnamed(name);
    }
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      return Entries.invalid(name, "entry is encrypted");
    }
    if (entry.getMethod() != ZipEntry.DEFLATED && entry.getMethod() != ZipEntry.STORED) {
      return Entries.invalid(
          name, "entry is packed by method " + entry.getMethod() + ", expected deflate or none");
    }
    byte[] bytes;
    try {
      bytes = archive.readNBytes(ImageIntake.BYTES_MAX + 1);
    } catch (IOException e) {
      // If the archive says how long the packed entry is, the next one is found all the same.
      return Entries.invalid(name, "entry cannot be unpacked: " + e.getMessage());
    }
    if (bytes.length <= ImageIntake.BYTES_MAX) {
      return making.entry(name, name, bytes, null);
    }
    if (entry.getGeneralPurposeBit().usesDataDescriptor()) {
      passOver(name);
    }
    return Entries.tooManyBytes(name);
  }

  private void passOver(String name) throws IOException {
    byte[] sink = new byte[64 * 1024];
    long passed = ImageIntake.BYTES_MAX + 1;
    for (int more = 0; more >= 0; more = archive.read(sink)) {
      passed += more;
      if (passed > UNPACKED_BYTES_MAX) {
        throw new IOException(
            name
                + " has more than "
                + UNPACKED_BYTES_MAX
                + " bytes unpacked; what follows was not read");
      }
    }
  }
}
