package infomax.trainer.training;

import infomax.events.Json;
import infomax.trainer.network.CheckpointFile;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.release.LossHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running training keeps on disk, one folder per request: {@code snapshot/}, {@code
 * checkpoint} and {@code losses.json}. All of it can be made anew from the log, so a file that
 * cannot be read costs time and nothing else.
 */
public final class RunFolder {

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /** The folder of a request below {@code root}; created if missing. */
  public static RunFolder open(Path root, String request) throws IOException {
    return new RunFolder(Files.createDirectories(root.resolve(name(request))));
  }

  /** Deletes the folders below {@code root} of all requests but those to keep. */
  public static void deleteAllBut(Path root, Predicate<String> isKept) throws IOException {
    if (!Files.isDirectory(root)) {
      return;
    }
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : (Iterable<Path>) folders::iterator) {
        if (!isKept.test(String.valueOf(folder.getFileName()))) {
          deleteTree(folder);
        }
      }
    }
  }

  /** The folder name of a request; ids may hold characters that no file system takes. */
  public static String name(String request) {
    return request.matches("[A-Za-z0-9-]{1,80}")
        ? request
        : infomax.events.Digest.of(request.getBytes(java.nio.charset.StandardCharsets.UTF_8)).hex();
  }

  /** Where the snapshot is. */
  Path snapshot() {
    return folder.resolve("snapshot");
  }

  /** Writes a checkpoint with the losses up to it. */
  void keep(TrainingCheckpoint checkpoint, LossHistory losses) throws IOException {
    Path unfinished = folder.resolve("losses.json.part");
    Files.write(unfinished, Json.write(losses));
    Files.move(
        unfinished,
        folder.resolve("losses.json"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    // After the losses, which may run ahead of the weights but not lag behind.
    CheckpointFile.write(checkpointFile(), checkpoint);
  }

  /** Where the checkpoint is. */
  Path checkpointFile() {
    return folder.resolve("checkpoint");
  }

  /** The last checkpoint, if there is a readable one. */
  Optional<TrainingCheckpoint> checkpoint() {
    if (!Files.exists(checkpointFile())) {
      return Optional.empty();
    }
    try {
      return Optional.of(CheckpointFile.read(checkpointFile()));
    } catch (IOException e) {
      LOG.warn("checkpoint ignored: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** The losses up to a step; empty if they cannot be read. */
  LossHistory losses(long step) {
    try {
      return Json.read(Files.readAllBytes(folder.resolve("losses.json")), LossHistory.class)
          .upTo(step);
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("losses up to step={} are lost: {}", step, e.getMessage());
      return LossHistory.EMPTY;
    }
  }

  /** Deletes the folder. */
  void delete() throws IOException {
    deleteTree(folder);
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
