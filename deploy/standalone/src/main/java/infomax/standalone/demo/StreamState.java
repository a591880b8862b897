package infomax.standalone.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import infomax.events.ImageId;
import infomax.events.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where the demo's stream is, so that a later start continues it.
 *
 * @param taken images taken from the source so far
 * @param bad bad records sent so far
 * @param deleted ids that were deleted and are never sent again
 */
record StreamState(
    @JsonProperty("taken") long taken,
    @JsonProperty("bad") long bad,
    @JsonProperty("deleted") Set<ImageId> deleted) {

  StreamState {
    deleted = new TreeSet<>(deleted);
  }

  static StreamState load(Path file) throws IOException {
    return Files.exists(file)
        ? Json.read(Files.readAllBytes(file), StreamState.class)
        : new StreamState(0, 0, Set.of());
  }

  void save(Path file) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(next, Json.write(this));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
