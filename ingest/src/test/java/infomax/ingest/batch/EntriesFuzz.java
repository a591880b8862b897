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

  /** What the classes need that are seen for the first time is not what an input takes. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds().values()) {
      fuzzerTestOneInput(seed);
    }
  }

  /** Writes bodies to begin with into a folder. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (Map.Entry<String, byte[]> seed : seeds().entrySet()) {
      Files.write(folder.resolve(seed.getKey()), seed.getValue());
    }
  }

  private static Map<String, byte[]> seeds() throws IOException {
    ByteArrayOutputStream tars = new ByteArrayOutputStream();
    tars.write(1);
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(tars, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.putArchiveEntry(new TarArchiveEntry("folder/"));
      tar.closeArchiveEntry();
      TarArchiveEntry file = new TarArchiveEntry("x".repeat(120));
      file.setSize(3);
      tar.putArchiveEntry(file);
      tar.write(new byte[3]);
      tar.closeArchiveEntry();
    }
    ByteArrayOutputStream zips = new ByteArrayOutputStream();
    zips.write(2);
    try (ZipOutputStream zip = new ZipOutputStream(zips)) {
      for (String name : List.of("folder/", "a", "b")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.endsWith("/") ? new byte[0] : new byte[100]);
      }
    }
    String lines =
        "\0{\"id\":\"a\",\"image\":\"AAAA\",\"metadata\":{\"a\":1}}\n{\"id\":\"a\",\"delete\":true}\n";
    String form =
        "\3--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nx\r\n--b\r\n"
            + "Content-Disposition: form-data; name=\"x\"; filename=\"a\"\r\n\r\nAAA\r\n--b--";
    return Map.of(
        "lines",
        lines.getBytes(UTF_8),
        "tar",
        tars.toByteArray(),
        "zip",
        zips.toByteArray(),
        "form",
        form.getBytes(UTF_8));
  }
}
