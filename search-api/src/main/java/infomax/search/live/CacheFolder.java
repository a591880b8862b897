package infomax.search.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deleting folders of opened publications; what a search still reads stays readable. */
final class CacheFolder {

  private static final Logger LOG = LoggerFactory.getLogger(CacheFolder.class);

  private CacheFolder() {}

  /** Deletes every folder in {@code parent} that is not to be kept, such as a former run's. */
  static void deleteAllBut(Path parent, Set<Path> kept) {
    if (!Files.exists(parent)) {
      return;
    }
    try (Stream<Path> children = Files.list(parent)) {
      children.filter(child -> !kept.contains(child)).toList().forEach(CacheFolder::delete);
    } catch (IOException e) {
      LOG.warn("could not tidy {}: {}", parent, e.toString());
    }
  }

  /** Deletes a folder as far as possible; what is left over is only wasted room. */
  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walked = Files.walk(folder)) {
      List<Path> deepestFirst = walked.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      LOG.warn("could not delete {}: {}", folder, e.toString());
    }
  }
}
