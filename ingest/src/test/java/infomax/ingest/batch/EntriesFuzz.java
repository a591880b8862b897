package infomax.ingest.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import infomax.events.image.Rejection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * What has to hold for whatever body of many images somebody sends, as a target of a fuzzer ({@code
 * .ci/fuzz}): it yields entries, and ends or is refused by an {@link IOException} of one line.
 */
public final class EntriesFuzz {

  private static final List<String> TYPES =
      List.of(
          "application/x-ndjson",
          "application/x-tar",
          "application/zip",
          "multipart/form-data; boundary=b");

  private EntriesFuzz() {}

  /** One body; the first byte says of which type. Whatever this throws is a defect. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    String type = TYPES.get((bytes[0] & 0xff) % TYPES.size());
    try {
      Entries entries =
          Entries.of(type, new ByteArrayInputStream(bytes, 1, bytes.length - 1), null, Map.of())
              .orElseThrow();
      int count = 0;
      for (Optional<Entry> next = entries.next(); next.isPresent(); next = entries.next()) {
        if (++count > bytes.length) {
          throw new AssertionError("more entries than bytes");
        }
        if (next.get() instanceof Entry.Broken(_, Rejection rejection)
            && rejection.message().lines().count() != 1) {
          throw new AssertionError("no message for people: " + rejection);
        }
      }
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("\n")) {
        throw new AssertionError("no message for people", e);
      }
    }
  }

  /** Writes bodies to begin with into a folder. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Files.writeString(
        folder.resolve("lines"),
        "\0{\"id\":\"a\",\"image\":\"AAAA\",\"metadata\":{\"a\":1}}\n{\"id\":\"a\",\"delete\":true}\n");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(1);
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.putArchiveEntry(new TarArchiveEntry("folder/"));
      tar.closeArchiveEntry();
      TarArchiveEntry file = new TarArchiveEntry("x".repeat(120));
      file.setSize(3);
      tar.putArchiveEntry(file);
      tar.write(new byte[3]);
      tar.closeArchiveEntry();
    }
    Files.write(folder.resolve("tar"), bytes.toByteArray());
    bytes.reset();
    bytes.write(2);
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of("folder/", "a", "b")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.endsWith("/") ? new byte[0] : new byte[100]);
      }
    }
    Files.write(folder.resolve("zip"), bytes.toByteArray());
    Files.write(
        folder.resolve("form"),
        ("\3--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nx\r\n--b\r\n"
                + "Content-Disposition: form-data; name=\"x\"; filename=\"a\"\r\n\r\nAAA\r\n--b--")
            .getBytes(UTF_8));
  }
}
