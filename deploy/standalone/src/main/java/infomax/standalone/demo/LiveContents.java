package infomax.standalone.demo;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.control.ControlState;
import infomax.events.control.IndexGeneration;
import infomax.index.Publications;
import infomax.index.PublishedIndex;
import infomax.index.PublishedShards;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What the last publication of the live generation holds, read by a reader opened for it alone. */
final class LiveContents {

  private LiveContents() {}

  /** The digest of every live document, by id. */
  static Map<ImageId, Digest> read(ObjectStore store, ControlState state) throws IOException {
    IndexGeneration live = state.live().orElseThrow(() -> new IOException("no generation is live"));
    PublishedShards published =
        new Publications(store, InstantSource.system())
            .latest(live.number())
            .orElseThrow(() -> new IOException("the live generation has no publication"));
    Path folder = Files.createTempDirectory("infomax-live-contents");
    Map<ImageId, Digest> contents = new HashMap<>();
    try (PublishedIndex index = PublishedIndex.open(store, published, folder, null)) {
      index.forEach((id, digest, _, _) -> contents.put(id, digest));
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
    return contents;
  }
}
