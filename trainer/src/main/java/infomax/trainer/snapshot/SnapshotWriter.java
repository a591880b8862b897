package infomax.trainer.snapshot;

import infomax.events.Json;
import infomax.events.Positions;
import infomax.imaging.EncoderPixels;
import infomax.trainer.snapshot.NewestRecords.Chosen;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Writes a snapshot: images go into a scratch file by slot, in any order and from any thread;
 * {@link #finish} copies those that came into the pixel file, in slot order. {@link #put} is
 * thread-safe.
 */
final class SnapshotWriter implements AutoCloseable {

  private final Path folder;
  private final int inputSize;
  private final FileChannel scratch;
  private final AtomicReferenceArray<String> labels;

  private SnapshotWriter(
      Path folder, int inputSize, FileChannel scratch, AtomicReferenceArray<String> labels) {
    this.folder = folder;
    this.inputSize = inputSize;
    this.scratch = scratch;
    this.labels = labels;
  }

  /** Creates the folder and drops a snapshot that is in it. */
  static SnapshotWriter create(Path folder, int inputSize, int slots) throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(folder.resolve(TrainingSnapshot.FACTS));
    FileChannel scratch =
        FileChannel.open(
            folder.resolve("scratch"),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    return new SnapshotWriter(folder, inputSize, scratch, new AtomicReferenceArray<>(slots));
  }

  /** Stores the image of a slot; its label is empty if it has none. */
  void put(int slot, byte[] pixels, String label) {
    if (pixels.length != imageBytes()) {
      throw new IllegalArgumentException(
          "image of %d bytes, expected %d".formatted(pixels.length, imageBytes()));
    }
    try {
      ByteBuffer buffer = ByteBuffer.wrap(pixels);
      long position = (long) slot * imageBytes();
      while (buffer.hasRemaining()) {
        position += scratch.write(buffer, position);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    labels.set(slot, label);
  }

  /** Writes pixel file and facts; a slot without an image counts as skipped. */
  SnapshotFacts finish(
      List<Chosen> chosen, HoldOut holdOut, long malformed, Positions positions, Instant readAt)
      throws IOException {
    List<Integer> present = new ArrayList<>();
    for (int slot = 0; slot < chosen.size(); slot++) {
      if (labels.get(slot) != null) {
        present.add(slot);
      }
    }
    int heldOut = holdOut.of(present.size());
    Path file = folder.resolve(TrainingSnapshot.PIXELS);
    writePixels(file, chosen, present, heldOut);
    SnapshotFacts facts =
        new SnapshotFacts(
            TrainingSnapshot.digest(file),
            inputSize,
            EncoderPixels.PIPELINE_VERSION,
            present.size(),
            heldOut,
            malformed + chosen.size() - present.size(),
            positions,
            readAt,
            present.stream().map(slot -> chosen.get(slot).id().value()).toList(),
            present.stream().map(labels::get).toList());
    writeFacts(facts);
    return facts;
  }

  @Override
  public void close() throws IOException {
    scratch.close();
  }

  private void writePixels(Path file, List<Chosen> chosen, List<Integer> present, int heldOut)
      throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        DataOutputStream out =
            new DataOutputStream(
                new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16))) {
      out.writeInt(TrainingSnapshot.MAGIC);
      out.writeInt(TrainingSnapshot.VERSION);
      out.writeInt(inputSize);
      out.writeInt(EncoderPixels.PIPELINE_VERSION);
      out.writeInt(present.size());
      out.writeInt(heldOut);
      for (int slot : present) {
        out.writeLong(chosen.get(slot).hash().order());
        out.writeLong(chosen.get(slot).hash().draw());
      }
      ByteBuffer image = ByteBuffer.allocate(imageBytes());
      for (int slot : present) {
        image.clear();
        long position = (long) slot * imageBytes();
        while (image.hasRemaining()) {
          int read = scratch.read(image, position + image.position());
          if (read < 0) {
            throw new IOException("scratch file ends inside image " + slot);
          }
        }
        out.write(image.array());
      }
      out.flush();
      channel.force(true);
    }
  }

  private void writeFacts(SnapshotFacts facts) throws IOException {
    Path unfinished = folder.resolve(TrainingSnapshot.FACTS + ".part");
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer json = ByteBuffer.wrap(Json.write(facts));
      while (json.hasRemaining()) {
        channel.write(json);
      }
      channel.force(true);
    }
    Files.move(
        unfinished,
        folder.resolve(TrainingSnapshot.FACTS),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private int imageBytes() {
    return 3 * inputSize * inputSize;
  }
}
