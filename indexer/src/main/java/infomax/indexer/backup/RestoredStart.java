package infomax.indexer.backup;

import infomax.events.Digest;
import infomax.events.control.IndexGeneration;
import infomax.index.IndexFile;
import infomax.index.IndexSpec;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.store.ObjectBrokenException;
import java.time.InstantSource;

/** The first publication of a shard of a generation that begins with a backup. */
public final class RestoredStart {

  private RestoredStart() {}

  /**
   * Publishes what the backup holds of a shard as its first publication; if there is one already,
   * nothing happens. Reads every file of it once.
   *
   * @param generation the generation
   * @param shard number of the shard
   * @param description SHA-256 of the backup's description
   * @throws ObjectBrokenException if the description or a file is missing or damaged
   * @throws infomax.store.ObjectStoreException if the store cannot be reached for now
   */
  public static void publish(
      Publications publications,
      IndexGeneration generation,
      int shard,
      Digest description,
      InstantSource clock) {
    IndexSpec spec = IndexSpec.of(generation, shard);
    if (publications.latest(spec.generation(), spec.shard()).isPresent()) {
      return;
    }
    Manifest backedUp = read(publications, description).shards().get(shard);
    for (IndexFile file : backedUp.files()) {
      publications.store().verify(file.digest());
    }
    // Two indexers may do this at once: of equal manifests either will do.
    publications.publish(
        new Manifest(
            spec,
            1,
            1,
            "restored-" + description,
            backedUp.progress(),
            backedUp.images(),
            backedUp.files(),
            clock.instant()));
  }

  private static Backup read(Publications publications, Digest description) {
    try {
      return Backup.read(publications.store().read(description));
    } catch (IllegalArgumentException e) {
      throw new ObjectBrokenException(
          description, "object " + description + " describes no backup: " + e.getMessage());
    }
  }
}
