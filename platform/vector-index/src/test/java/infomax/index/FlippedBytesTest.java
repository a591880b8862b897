package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.ImageId;
import infomax.index.PublicationCheck.Outcome.Broken;
import infomax.index.PublicationCheck.Outcome.Intact;
import infomax.index.PublicationCheck.Outcome.Mended;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * One flipped byte in one published file of each type there is: no reader serves it, the message
 * says which object is broken, and a check mends it from the writer's folder or says that it
 * cannot.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class FlippedBytesTest {

  private static final long SEED = 20_260_103;

  private Path folder;
  private final Random random = new Random(SEED);
  private ObjectStore store;
  private Publications publications;
  private Path local;
  private Manifest manifest;
  private int readers;

  @BeforeAll
  void publish(@TempDir Path shared) {
    folder = shared;
    System.out.println("seed " + SEED);
    store = ObjectStore.open(folder.resolve("store"));
    publications = new Publications(store, InstantSource.system());
    local = folder.resolve("local");
    TestImages images = new TestImages(SEED);
    try (ShardWriter writer = writer()) {
      int commits = 0;
      // Until there is a merged segment, which has files of its own; small ones are compound.
      while (commits < 10
          || publications.latest(1, 0).orElseThrow().files().stream()
              .noneMatch(file -> type(file).equals("vec"))) {
        for (int step = 0; step < (commits < 10 ? 200 : 1); step++) {
          writer.put(images.image("image-" + commits + "-" + step));
        }
        commits++;
        writer.commit(images.progress());
        writer.publish();
        assertThat(commits).isLessThan(500);
      }
      writer.put(images.image("one-more"));
      writer.delete(new ImageId("image-0-0"));
      writer.commit(images.progress());
      writer.publish();
    }
    manifest = publications.latest(1, 0).orElseThrow();
  }

  @AfterAll
  void everythingWasMended() {
    assertThat(PublicationCheck.run(publications, 1, 0, local)).isEqualTo(new Intact());
  }

  @TestFactory
  Stream<DynamicTest> aFlippedByteIsNeverServed() {
    Map<String, IndexFile> byType = new TreeMap<>();
    for (IndexFile file : manifest.files()) {
      byType.merge(type(file), file, (one, other) -> random.nextBoolean() ? one : other);
    }
    // If Lucene writes others one day they are tested, and if it stops to, this says so.
    assertThat(byType.keySet())
        .contains("cfe", "cfs", "si", "liv", "segments", "vec", "vex", "vem", "vemf")
        .contains("fnm", "fdt", "fdx", "fdm", "dvd", "dvm", "tim", "tip", "tmd", "doc");
    return byType.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(entry.getKey(), () -> assertNeverServed(entry.getValue())));
  }

  @Test
  void aFlippedByteInTheManifestLeavesReadersWithThePublicationBefore() throws IOException {
    Path entry =
        folder
            .resolve("store/entries/publications/1/0")
            .resolve("manifest-%012d".formatted(manifest.sequence()));
    flip(entry);
    Manifest before = publications.latest(1, 0).orElseThrow();
    assertThat(before.sequence()).isEqualTo(manifest.sequence() - 1);
    try (PublishedIndex index = open(before)) {
      assertThat(index.checkIntegrity().detail()).isEmpty();
    }
    flip(entry);
  }

  /** Merges read segments to their end, so that they find what nobody has looked at for long. */
  @Test
  void aWriterWhoseFileIsDamagedSaysThatItsFolderIsOfNoUse() throws IOException {
    Path other = Files.createDirectory(folder.resolve("merging"));
    Publications separate =
        new Publications(ObjectStore.open(other.resolve("store")), InstantSource.system());
    TestImages images = new TestImages(SEED);
    assertThatThrownBy(
            () -> {
              try (ShardWriter writer =
                  ShardWriter.open(
                      separate,
                      other.resolve("local"),
                      TestImages.SPEC,
                      InstantSource.system(),
                      () -> {})) {
                writer.put(images.image("first"));
                writer.commit(images.progress());
                Path segment = other.resolve("local/_0.cfs");
                byte[] bytes = Files.readAllBytes(segment);
                bytes[bytes.length / 2] ^= 1;
                Files.write(segment, bytes);
                for (int commit = 0; commit < 1_000; commit++) {
                  writer.put(images.image("image-" + commit));
                  writer.commit(images.progress());
                }
              }
            })
        .isInstanceOf(IndexCorruptException.class)
        .hasMessageContaining("_0");
  }

  private void assertNeverServed(IndexFile file) throws IOException {
    Path object = folder.resolve("store/objects").resolve(file.digest().hex());
    int position = flip(object);
    System.out.printf("%s: byte %d of %d%n", file.name(), position, file.lengthBytes());
    assertThatThrownBy(() -> open(manifest))
        .isInstanceOf(IndexCorruptException.class)
        .hasMessageContaining(file.name())
        .hasMessageContaining(file.digest().hex());
    // The writer's folder has a hard link to the object, so that it has the flipped byte too.
    assertThat(PublicationCheck.run(publications, 1, 0, local))
        .isInstanceOfSatisfying(Broken.class, broken -> assertThat(broken.file()).isEqualTo(file));
    Path own = local.resolve(file.name());
    byte[] right = Files.readAllBytes(own);
    right[position] ^= (byte) 0xFF;
    Files.delete(own);
    Files.write(own, right);
    // As on another file system: a copy that is as it was.
    assertThat(PublicationCheck.run(publications, 1, 0, local))
        .isEqualTo(new Mended(List.of(file)));
    try (PublishedIndex index = open(manifest)) {
      assertThat(index.images()).isEqualTo((int) manifest.images());
    }
  }

  /**
   * Flips every bit of a byte; where depends on the file's length, so that twice is once undone.
   */
  private static int flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int position = new Random(SEED + bytes.length).nextInt(bytes.length);
    bytes[position] ^= (byte) 0xFF;
    Files.write(file, bytes);
    return position;
  }

  private PublishedIndex open(Manifest publication) {
    return PublishedIndex.open(store, publication, folder.resolve("reader-" + readers++));
  }

  private ShardWriter writer() {
    return ShardWriter.open(publications, local, TestImages.SPEC, InstantSource.system(), () -> {});
  }

  private static String type(IndexFile file) {
    int dot = file.name().lastIndexOf('.');
    return dot < 0 ? "segments" : file.name().substring(dot + 1);
  }
}
