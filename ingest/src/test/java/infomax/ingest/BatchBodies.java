package infomax.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Bodies of batches. */
final class BatchBodies {

  static final String LINES = "application/x-ndjson";
  static final String TAR = "application/x-tar";
  static final String ZIP = "application/zip";
  static final String FORM = "multipart/form-data; boundary=between";

  private BatchBodies() {}

  /** A body of a kind that stores the files in their order. */
  static byte[] of(String kind, Map<String, byte[]> files) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      switch (kind) {
        case LINES -> {
          for (Map.Entry<String, byte[]> file : files.entrySet()) {
            body.write(line(file.getKey(), file.getValue()).getBytes(UTF_8));
          }
        }
        case TAR -> {
          try (TarArchiveOutputStream tar = new TarArchiveOutputStream(body, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
              TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
              entry.setSize(file.getValue().length);
              tar.putArchiveEntry(entry);
              tar.write(file.getValue());
              tar.closeArchiveEntry();
            }
          }
        }
        case ZIP -> {
          try (ZipOutputStream zip = new ZipOutputStream(body)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
              zip.putNextEntry(new ZipEntry(file.getKey()));
              zip.write(file.getValue());
            }
          }
        }
        case FORM -> {
          for (Map.Entry<String, byte[]> file : files.entrySet()) {
            body.write(
                ("--between\r\nContent-Disposition: form-data; name=\"image\"; filename=\""
                        + file.getKey()
                        + "\"\r\n\r\n")
                    .getBytes(UTF_8));
            body.write(file.getValue());
            body.write("\r\n".getBytes(UTF_8));
          }
          body.write("--between--\r\n".getBytes(UTF_8));
        }
        default -> throw new IllegalArgumentException(kind);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body.toByteArray();
  }

  /** One line of JSON. */
  static String line(String id, byte[] image) {
    return "{\"id\":\"%s\",\"image\":\"%s\"}\n"
        .formatted(id, Base64.getEncoder().encodeToString(image));
  }
}
