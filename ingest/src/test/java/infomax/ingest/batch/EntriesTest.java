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
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

/**
 * Every kind of body yields its entries in order; a bad one ends where it is bad, with a reason.
 */
final class EntriesTest {

  private static final byte[] DEFAULTS = "{\"from\":\"request\"}".getBytes(UTF_8);
  private static final byte[] BYTES = {0, '\r', '\n', '-', '-', 'b', '\r', '\r', '\n', '-', 1};

  /** JSON can name half of a surrogate pair; in UTF-8 all such ids would be one. */
  @Test
  void anIdThatIsNoUnicodeIsRefusedAlsoForADelete() throws IOException {
    List<Entry> entries =
        readAll("application/x-ndjson", "{\"id\":\"cat\\ud83d\",\"delete\":true}\n");
    assertThat(entries).hasSize(1);
    assertThat(((Entry.Broken) entries.getFirst()).rejection().reason())
        .isEqualTo(RejectionReason.INVALID_ID);
  }

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
    byte[] letters = new byte[2 * ImageIntake.BYTES_MAX];
    Arrays.fill(letters, (byte) 'A');
    InputStream endless =
        new SequenceInputStream(
            Collections.enumeration(
                List.of(
                    stream("{\"image\":\""),
                    new ByteArrayInputStream(letters),
                    stream("\"}\n{\"id\":\""),
                    new ByteArrayInputStream(letters),
                    stream("\"}\n{\"metadata\":[\"" + "a\",\"".repeat(100_000) + "\"]}\n"),
                    stream("{\"metadata\":" + "[".repeat(100_000) + "\n"),
                    stream("{\"id\":\"b\",\"delete\":true}"))));
    List<Entry> entries = readAll("application/x-ndjson", endless);
    assertThat(entries).hasSize(5);
    assertThat(reason(entries.get(0))).isEqualTo(RejectionReason.TOO_MANY_BYTES);
    for (Entry bad : entries.subList(1, 4)) {
      assertThat(reason(bad)).as(bad.name()).isEqualTo(RejectionReason.INVALID_RECORD);
    }
    assertThat(upload(entries.get(4)).bytes()).isNull();
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
  void namesThatAreNoUtf8NeverBecomeOneId() throws IOException {
    for (String type :
        List.of("application/x-tar", "application/zip", "multipart/form-data; boundary=b")) {
      byte[] body =
          switch (type) {
            case "application/x-tar" -> tar("photo-1.jpg", "photo-2.jpg", "photo.jpg");
            case "application/zip" -> zip("photo-1.jpg", "photo-2.jpg", "photo.jpg");
            default ->
                ("--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"photo-1.jpg\"\r\n\r\n"
                        + "1\r\n--b\r\nContent-Disposition: form-data; name=\"x\"; "
                        + "filename=\"photo-2.jpg\"\r\n\r\n2\r\n--b\r\nContent-Disposition: "
                        + "form-data; name=\"x\"; filename=\"photo.jpg\"\r\n\r\n3\r\n--b--")
                    .getBytes(UTF_8);
          };
      List<Entry> entries = readAll(type, new ByteArrayInputStream(latin1(body)));
      assertThat(entries).as(type).hasSize(3);
      if (type.equals("application/x-tar")) {
        // Its reader takes what is no UTF-8 for Latin-1.
        assertThat(upload(entries.get(0)).key()).isEqualTo("photo\u00e41.jpg".getBytes(UTF_8));
        assertThat(upload(entries.get(1)).key()).isEqualTo("photo\u00f62.jpg".getBytes(UTF_8));
      } else {
        assertThat(reason(entries.get(0))).as(type).isEqualTo(RejectionReason.INVALID_ID);
        assertThat(reason(entries.get(1))).as(type).isEqualTo(RejectionReason.INVALID_ID);
      }
      assertThat(upload(entries.get(2)).key()).as(type).isEqualTo("photo.jpg".getBytes(UTF_8));
    }
  }

  /** Names as an old Windows writes them: the dash becomes a letter of Latin-1. */
  private static byte[] latin1(byte[] archive) {
    byte[] changed = archive.clone();
    String text = new String(archive, ISO_8859_1);
    for (int number = 1; number <= 2; number++) {
      String name = "photo-" + number;
      for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        changed[at + 5] = (byte) (number == 1 ? 0xe4 : 0xf6);
      }
    }
    return changed;
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
  void anEntryOfAZipThatCannotBeReadStopsNothing() throws IOException {
    byte[] noise = new byte[1000];
    new Random(1).nextBytes(noise);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of("first", "damaged", "encrypted", "packed", "last")) {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(noise);
        entry.setSize(noise.length);
        entry.setCompressedSize(packed(noise).length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(noise);
      }
    }
    byte[] archive = bytes.toByteArray();
    // Behind the name begins what is packed; flags lie 24 bytes before it, the method 22.
    int damaged = indexOf(archive, "damaged");
    archive[damaged + "damaged".length()] = (byte) 0xff;
    archive[indexOf(archive, "encrypted") - 24] |= 1;
    archive[indexOf(archive, "packed") - 22] = 98;
    List<Entry> entries = readAll("application/zip", new ByteArrayInputStream(archive));
    assertThat(entries)
        .extracting(Entry::name)
        .containsExactly("first", "damaged", "encrypted", "packed", "last");
    assertThat(upload(entries.get(0)).bytes()).isEqualTo(noise);
    for (Entry bad : entries.subList(1, 4)) {
      assertThat(reason(bad)).as(bad.name()).isEqualTo(RejectionReason.INVALID_RECORD);
    }
    assertThat(upload(entries.get(4)).bytes()).isEqualTo(noise);
  }

  /** Found by the fuzzer. */
  @Test
  void aNameOfManyLinesIsToldInOne() throws IOException {
    byte[] archive = zip("a\nb", "c");
    archive[indexOf(archive, "a\nb") - 22] = 98;
    Entries entries = entries("application/zip", new ByteArrayInputStream(archive));
    assertThat(reason(entries.next().orElseThrow())).isEqualTo(RejectionReason.INVALID_RECORD);
    assertThatThrownBy(entries::next)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a?b")
        .hasMessageNotContaining("\n");
  }

  @Test
  void onlyFilesOfATarAreRead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      TarArchiveEntry link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/passwd");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
      put(tar, "large", new byte[ImageIntake.BYTES_MAX + 1]);
      put(tar, "../../up.jpg", BYTES);
    }
    List<Entry> entries =
        readAll("application/x-tar", new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(reason(entries.get(0))).isEqualTo(RejectionReason.INVALID_RECORD);
    assertThat(reason(entries.get(1))).isEqualTo(RejectionReason.TOO_MANY_BYTES);
    assertThat(upload(entries.get(2)).key()).isEqualTo("../../up.jpg".getBytes(UTF_8));
    assertThat(entries).hasSize(3);
  }

  @Test
  void aTarThatSpeaksForeverIsEnded() throws IOException {
    for (byte kind :
        new byte[] {TarConstants.LF_GNUTYPE_LONGNAME, TarConstants.LF_PAX_EXTENDED_HEADER_LC}) {
      TarArchiveEntry header = new TarArchiveEntry("x", kind);
      header.setSize(1L << 30);
      byte[] block = new byte[512];
      header.writeEntryHeader(block);
      byte[] part = new byte[2 << 20];
      Arrays.fill(part, (byte) (kind == TarConstants.LF_GNUTYPE_LONGNAME ? 'a' : '9'));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(tar("first"), 0, 1024);
      bytes.write(block);
      bytes.write(part);
      Entries entries = entries("application/x-tar", new ByteArrayInputStream(bytes.toByteArray()));
      assertThat(upload(entries.next().orElseThrow()).bytes()).isEqualTo(BYTES);
      assertThatThrownBy(entries::next).isInstanceOf(IOException.class);
    }
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

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, ISO_8859_1).indexOf(text);
  }

  private static byte[] packed(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(bytes);
    deflater.finish();
    byte[] packed = new byte[2 * bytes.length + 100];
    int length = deflater.deflate(packed);
    deflater.end();
    return Arrays.copyOf(packed, length);
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static byte[] tar(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (String name : names) {
        put(tar, name, BYTES);
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
