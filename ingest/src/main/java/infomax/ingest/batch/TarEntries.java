package infomax.ingest.batch;

import infomax.imaging.ImageIntake;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** The files of a tar; each is an image under its path as id. Folders are passed over. */
final class TarEntries implements Entries {

  /** For long names and extended headers of one entry. */
  private static final long HEADER_BYTES_MAX = 1024 * 1024;

  private final HeaderLimit body;
  private final TarArchiveInputStream archive;
  private final Making making;

  TarEntries(InputStream body, Making making) {
    this.body = new HeaderLimit(body);
    // Byte for character: what is no UTF-8 would be read as a question mark, and names be lost.
    this.archive = new TarArchiveInputStream(this.body, StandardCharsets.ISO_8859_1.name());
    this.making = making;
  }

  @Override
  public Optional<Entry> next() throws IOException {
    try {
      TarArchiveEntry entry = nextHeader();
      while (entry != null && entry.isDirectory()) {
        entry = nextHeader();
      }
      return entry == null ? Optional.empty() : Optional.of(read(entry));
    } catch (IOException e) {
      throw Entries.oneLine(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      // Not every damaged header is told by an IOException; some end in a NullPointerException.
      throw Entries.oneLine("the tar is damaged: " + e.getMessage(), e);
    }
  }

  private TarArchiveEntry nextHeader() throws IOException {
    if (archive.getCurrentEntry() != null) {
      archive.transferTo(OutputStream.nullOutputStream());
    }
    body.left = HEADER_BYTES_MAX;
    TarArchiveEntry entry = archive.getNextEntry();
    body.left = Long.MAX_VALUE;
    return entry;
  }

  private Entry read(TarArchiveEntry entry) throws IOException {
    String name = name(entry.getName());
    if (entry.isSparse()) {
      // It says how many zeros it stands for, and they would have to be counted to get past it.
      throw new IOException(name + " is a sparse file; what follows was not read");
    }
    switch (entry.getLinkFlag()) {
      case TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG -> {}
      default -> {
        return Entries.invalid(name, "entry is a link or a device, expected a file");
      }
    }
    if (entry.getSize() > ImageIntake.BYTES_MAX) {
      return Entries.tooManyBytes(name);
    }
    return making.entry(name, name, archive.readAllBytes(), null);
  }

  /** A name in UTF-8 if it is that, else as it came: in Latin-1, or of an extended header. */
  private static String name(String read) {
    if (read.chars().anyMatch(character -> character > 0xff)) {
      return read;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(read.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return read;
    }
  }

  /** Bounds what is kept of a header, which the reader of the archive does not. */
  private static final class HeaderLimit extends FilterInputStream {

    private long left = Long.MAX_VALUE;

    HeaderLimit(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      left -= Math.max(0, read);
      if (left < 0) {
        throw new IOException(
            "the header of an entry has more than " + HEADER_BYTES_MAX + " bytes");
      }
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      return readNBytes((int) Math.min(count, 64 * 1024)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
