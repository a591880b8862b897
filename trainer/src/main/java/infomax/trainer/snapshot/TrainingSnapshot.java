package infomax.trainer.snapshot;

import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.control.EncoderRelease.SnapshotSummary;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The images of a training, memory-mapped and read-only. Images {@code 0} to before {@link
 * #heldOut()} are held out, the rest is trained on; both parts are in order of the id hash, which
 * is as good as shuffled. Thread-safe until closed.
 *
 * <p>The folder holds two files. {@code pixels}: magic {@code IMXS}, format version, input size,
 * pixel pipeline, images, held-out images (six big-endian ints), then per image the hash of its id
 * (16 bytes), then per image 3 x s x s bytes (channel, row, column; red first). {@code facts.json}:
 * {@link SnapshotFacts}, written last, so that a folder with facts is whole.
 */
public final class TrainingSnapshot implements AutoCloseable {

  static final String PIXELS = "pixels";
  static final String FACTS = "facts.json";
  static final int MAGIC = 0x494d5853;
  static final int VERSION = 1;
  static final int HEADER_BYTES = 6 * Integer.BYTES;

  private final SnapshotFacts facts;
  private final Arena arena;
  private final MemorySegment pixels;
  private final int imageBytes;

  private TrainingSnapshot(SnapshotFacts facts, Arena arena, MemorySegment pixels, int imageBytes) {
    this.facts = facts;
    this.arena = arena;
    this.pixels = pixels;
    this.imageBytes = imageBytes;
  }

  /**
   * Opens the snapshot in a folder and checks its digest.
   *
   * @throws IOException if there is none, or it is damaged
   */
  @SuppressWarnings("MustBeClosedChecker") // the snapshot owns the arena and closes it
  public static TrainingSnapshot open(Path folder) throws IOException {
    SnapshotFacts facts;
    try {
      facts = Json.read(Files.readAllBytes(folder.resolve(FACTS)), SnapshotFacts.class);
    } catch (IllegalArgumentException e) {
      throw new IOException("snapshot in " + folder + " is unreadable: " + e.getMessage(), e);
    }
    Path file = folder.resolve(PIXELS);
    Digest digest = digest(file);
    if (!digest.equals(facts.digest())) {
      throw new IOException(
          "snapshot %s has digest %s, expected %s".formatted(file, digest, facts.digest()));
    }
    int imageBytes = 3 * facts.inputSize() * facts.inputSize();
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      long begin = HEADER_BYTES + (long) facts.images() * IdHash.BYTES;
      return new TrainingSnapshot(
          facts, arena, mapped.asSlice(begin, (long) facts.images() * imageBytes), imageBytes);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** True if the folder holds a whole snapshot. */
  public static boolean exists(Path folder) {
    return Files.exists(folder.resolve(FACTS));
  }

  /** What is known beside the pixels. */
  public SnapshotFacts facts() {
    return facts;
  }

  /** The part of the facts that a release tells. */
  public SnapshotSummary summary() {
    return new SnapshotSummary(facts.digest(), facts.images(), facts.heldOut(), facts.positions());
  }

  /** Images, held-out ones included. */
  public int images() {
    return facts.images();
  }

  /** Held-out images: those with an index below this. */
  public int heldOut() {
    return facts.heldOut();
  }

  /** Bytes of one image: 3 x s x s. */
  public int imageBytes() {
    return imageBytes;
  }

  /** Copies one image into {@code target}, from {@code offset} on. */
  public void copyPixels(int image, byte[] target, int offset) {
    MemorySegment.copy(
        pixels, ValueLayout.JAVA_BYTE, (long) image * imageBytes, target, offset, imageBytes);
  }

  /** One image's bytes, a fresh array. */
  public byte[] pixels(int image) {
    byte[] copy = new byte[imageBytes];
    copyPixels(image, copy, 0);
    return copy;
  }

  /** The label of an image, for measuring only. */
  public Optional<String> label(int image) {
    String label = facts.labels().get(image);
    return label.isEmpty() ? Optional.empty() : Optional.of(label);
  }

  /** Unmaps the file; no method that reads pixels may be called after. */
  @Override
  public void close() {
    arena.close();
  }

  static Digest digest(Path file) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
      }
    }
    return Digest.of(sha256);
  }
}
