package infomax.ingest.batch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake;
import infomax.ingest.intake.Upload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Every kind of body yields its entries in order; a bad one ends where it is bad, with a reason.
 */
final class EntriesTest {

  private static final byte[] DEFAULTS = "{\"from\":\"request\"}".getBytes(UTF_8);
  private static final byte[] BYTES = {0, '\r', '\n', '-', '-', 'b', '\r', '\r', '\n', '-', 1};

  @Test
  void linesOfJsonStoreAndDelete() throws IOException {
    String image = Base64.getEncoder().encodeToString(BYTES);
    List<Entry> entries =
        readAll(
            "application/x-ndjson; charset=utf-8",
            ("{\"id\":\"k\u00e4tzchen\",\"image\":\"" + image + "\",\"metadata\":{\"a\":1}}\r\n\n")
                + ("{\"image\":\"" + image + "\"}\n")
                + "{\"id\":\"b\",\"delete\":true}");
    assertThat(entries).hasSize(3);
    Upload first = upload(entries.get(0));
    assertThat(new String(first.key(), UTF_8)).isEqualTo("k\u00e4tzchen");
    assertThat(first.bytes()).isEqualTo(BYTES);
    assertThat(new String(first.metadata(), UTF_8)).isEqualTo("{\"a\":1}");
    assertThat(first.passedThrough()).containsEntry("ce_source", "test");
    Upload second = upload(entries.get(1));
    assertThat(second.key()).isNull();
    assertThat(second.metadata()).isEqualTo(DEFAULTS);
    Upload third = upload(entries.get(2));
    assertThat(third.key()).isEqualTo(new byte[] {'b'});
    assertThat(third.bytes()).isNull();
  }

  @Test
  void aBadLineIsRefusedAndTheNextOneRead() throws IOException {
    List<Entry> entries =
        readAll(
            "application/x-ndjson",
            "nonsense\n[]\n{\"id\":\"a\"}\n{\"image\":\"!\"}\n{\"x\":1}\n{\"id\":1,\n"
                + "{\"id\":\"b\",\"delete\":true,\"image\":\"\"}\n{\"id\":\"b\",\"delete\":true}\n");
    assertThat(entries).hasSize(8);
    for (Entry bad : entries.subList(0, 7)) {
      assertThat(reason(bad)).as(bad.name()).isEqualTo(RejectionReason.INVALID_RECORD);
    }
    assertThat(upload(entries.get(7)).key()).isEqualTo(new byte[] {'b'});
  }

  @Test
  void aLineOfAnySizeIsPassedOver() throws IOException {
    InputStream endless =
        new SequenceInputStream(
            new ByteArrayInputStream(new byte[2 * ImageIntake.BYTES_MAX]),
            new ByteArrayInputStream("\n{\"id\":\"b\",\"delete\":true}".getBytes(UTF_8)));
    List<Entry> entries = readAll("application/x-ndjson", endless);
    assertThat(entries).hasSize(2);
    assertThat(reason(entries.get(0))).isEqualTo(RejectionReason.TOO_MANY_BYTES);
    assertThat(upload(entries.get(1)).bytes()).isNull();
  }

  @Test
  void filesOfArchivesAreImagesUnderTheirPaths() throws IOException {
    String deep = "deep/".repeat(60) + "k\u00e4tzchen.jpg";
    for (String type : List.of("application/x-tar", "application/zip")) {
      byte[] archive = type.endsWith("tar") ? tar("a/b.jpg", deep) : zip("a/b.jpg", deep);
      List<Entry> entries = readAll(type, new ByteArrayInputStream(archive));
      assertThat(entries).as(type).extracting(Entry::name).containsExactly("a/b.jpg", deep);
      for (Entry entry : entries) {
        assertThat(upload(entry).bytes()).isEqualTo(BYTES);
        assertThat(upload(entry).metadata()).isEqualTo(DEFAULTS);
        assertThat(new String(upload(entry).key(), UTF_8)).isEqualTo(entry.name());
      }
    }
  }

  @Test
  void anArchiveThatIsCutOffYieldsWhatIsWholeAndSaysSo() throws IOException {
    byte[] tar = tar("a", "b");
    Entries entries =
        entries("application/x-tar", new ByteArrayInputStream(tar, 0, 1024 + 512 + 4));
    assertThat(entries.next()).isPresent();
    assertThatThrownBy(
            () -> {
              Optional<Entry> second = entries.next();
              throw new AssertionError(second.toString());
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void aZipBombEndsTheArchive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("large"));
      zip.write(new byte[ImageIntake.BYTES_MAX + 1]);
      zip.putNextEntry(new ZipEntry("bomb"));
      for (int mebibyte = 0; mebibyte < 70; mebibyte++) {
        zip.write(new byte[1 << 20]);
      }
    }
    Entries entries = entries("application/zip", new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(reason(entries.next().orElseThrow())).isEqualTo(RejectionReason.TOO_MANY_BYTES);
    assertThatThrownBy(entries::next)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bomb")
        .hasMessageContaining("what follows was not read");
  }

  @Test
  void partsOfAFormAreImages() throws IOException {
    String image = new String(BYTES, ISO_8859_1);
    String form =
        "ignored\r\n--b1\r\nContent-Disposition: form-data; name=\"x\"; filename=\"cat.jpg\"\r\n"
            + "Content-Type: image/jpeg\r\n\r\n"
            + image
            + "\r\n--b1\r\ncontent-disposition: form-data; name=\"id\"\r\n\r\nfelix"
            + "\r\n--b1\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{\"a\":1}"
            + "\r\n--b1\r\nContent-Disposition: form-data; name=\"x\"; filename=\"dog.jpg\"\r\n\r\n"
            + image
            + "\r\n--b1\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n--b1--\r\n";
    List<Entry> entries = readAll("multipart/form-data; boundary=\"b1\"", form);
    assertThat(entries).extracting(Entry::name).containsExactly("cat.jpg", "felix", "2");
    assertThat(upload(entries.get(0)).bytes()).isEqualTo(BYTES);
    assertThat(upload(entries.get(0)).metadata()).isEqualTo(DEFAULTS);
    assertThat(upload(entries.get(1)).bytes()).isEqualTo(BYTES);
    assertThat(upload(entries.get(1)).metadata()).isEqualTo("{\"a\":1}".getBytes(UTF_8));
    assertThat(upload(entries.get(2)).key()).isNull();
    assertThat(upload(entries.get(2)).bytes()).isEmpty();
  }

  @Test
  void aFormMayBeginWithItsBoundary() throws IOException {
    List<Entry> entries = readAll("multipart/form-data; boundary=b", "--b\r\n\r\npicture\r\n--b--");
    assertThat(upload(entries.getFirst()).bytes()).isEqualTo("picture".getBytes(UTF_8));
  }

  @Test
  void wrongFormsSayWhatIsWrong() {
    assertThatThrownBy(() -> readAll("multipart/form-data", "--b\r\n"))
        .hasMessageContaining("no boundary");
    for (String form :
        List.of("", "--b", "--bx", "--b\r\n", "--b\r\nname", "--b\r\n\r\npicture\r\n-", "--a--")) {
      assertThatThrownBy(() -> readAll("multipart/form-data; boundary=b", form))
          .as(form)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void otherBodiesHaveNoEntries() throws IOException {
    assertThat(Entries.of("image/jpeg", InputStream.nullInputStream(), null, Map.of())).isEmpty();
    assertThat(Entries.of("", InputStream.nullInputStream(), null, Map.of())).isEmpty();
  }

  @Test
  void damagedBodiesEndWithAnIoExceptionAndNothingElse() throws IOException {
    long seed = Long.getLong("infomax.seed", System.nanoTime());
    System.out.println("seed of EntriesTest: " + seed);
    Random random = new Random(seed);
    Map<String, byte[]> bodies =
        Map.of(
            "application/x-tar", tar("a", "b"),
            "application/zip", zip("a", "b"),
            "application/x-ndjson", "{\"id\":\"b\",\"delete\":true}\n".getBytes(UTF_8),
            "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nx\r\n--b--"
                    .getBytes(UTF_8));
    for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
      for (int round = 0; round < 300; round++) {
        byte[] mutant = body.getValue().clone();
        for (int change = 0; change <= random.nextInt(4); change++) {
          mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
        }
        try {
          assertThat(readAll(body.getKey(), new ByteArrayInputStream(mutant))).hasSizeLessThan(100);
        } catch (IOException e) {
          assertThat(e).hasMessageNotContaining("\n");
        }
      }
    }
  }

  private static List<Entry> readAll(String type, String body) throws IOException {
    return readAll(
        type,
        new ByteArrayInputStream(body.getBytes(type.startsWith("multipart") ? ISO_8859_1 : UTF_8)));
  }

  private static List<Entry> readAll(String type, InputStream body) throws IOException {
    Entries entries = entries(type, body);
    List<Entry> all = new ArrayList<>();
    for (Optional<Entry> next = entries.next(); next.isPresent(); next = entries.next()) {
      all.add(next.get());
    }
    return all;
  }

  private static Entries entries(String type, InputStream body) throws IOException {
    return Entries.of(type, body, DEFAULTS, Map.of("ce_source", "test")).orElseThrow();
  }

  private static Upload upload(Entry entry) {
    assertThat(entry).isInstanceOf(Entry.Whole.class);
    return ((Entry.Whole) entry).upload();
  }

  private static RejectionReason reason(Entry entry) {
    assertThat(entry).isInstanceOf(Entry.Broken.class);
    return ((Entry.Broken) entry).rejection().reason();
  }

  private static byte[] tar(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (String name : names) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(BYTES.length);
        tar.putArchiveEntry(entry);
        tar.write(BYTES);
        tar.closeArchiveEntry();
      }
      tar.putArchiveEntry(new TarArchiveEntry("folder/"));
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("folder/"));
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(BYTES);
      }
    }
    return bytes.toByteArray();
  }
}
