package infomax.index;

import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every object of a shard's newest publication to see that it is still right, which no reader
 * does that has fetched it before. A broken one is stored again where the writer's folder has the
 * file as it was; where that folder has a link to the very object, it has not.
 */
public final class PublicationCheck {

  private static final Logger LOG = LoggerFactory.getLogger(PublicationCheck.class);

  private PublicationCheck() {}

  /** What a check found. */
  public sealed interface Outcome {

    /** Every object is right. */
    record Intact() implements Outcome {}

    /**
     * Every object is right again.
     *
     * @param files those that were broken
     */
    record Mended(List<IndexFile> files) implements Outcome {

      /** Copies the list. */
      public Mended {
        files = List.copyOf(files);
      }
    }

    /**
     * An object is broken and nobody has its content: no new reader can open this publication, or
     * any later one with the same file.
     *
     * @param file the file
     * @param problem what is wrong with its object
     */
    record Broken(IndexFile file, String problem) implements Outcome {}
  }

  /**
   * Checks the newest publication. Reads the whole index once.
   *
   * @param folder the local folder of the shard's writer
   * @throws infomax.store.ObjectStoreException if the store cannot be read for now
   */
  public static Outcome run(Publications publications, int generation, int shard, Path folder) {
    ObjectStore store = publications.store();
    List<IndexFile> mended = new ArrayList<>();
    for (IndexFile file : files(publications.latest(generation, shard))) {
      try {
        store.verify(file.digest());
      } catch (ObjectBrokenException e) {
        Path local = folder.resolve(file.name());
        if (Files.exists(local) && ObjectStore.digest(local).equals(file.digest())) {
          store.putDigested(Map.of(local, file.digest()));
          LOG.warn(
              "generation={} file {} is stored again: {}", generation, file.name(), e.getMessage());
          mended.add(file);
        } else if (files(publications.latest(generation, shard)).contains(file)) {
          return new Outcome.Broken(file, String.valueOf(e.getMessage()));
        }
        // Else it was garbage by the time it was looked at.
      }
    }
    return mended.isEmpty() ? new Outcome.Intact() : new Outcome.Mended(mended);
  }

  private static List<IndexFile> files(Optional<Manifest> manifest) {
    return manifest.map(Manifest::files).orElse(List.of());
  }
}
