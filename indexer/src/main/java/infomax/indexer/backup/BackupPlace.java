package infomax.indexer.backup;

import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.IndexGeneration;
import infomax.index.IndexException;
import infomax.index.Publications;
import infomax.index.PublishedShards;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A folder or bucket with backups. They share what they have in common, so that the next one adds
 * only what is new. A backup is there once its description is, which is created last.
 *
 * <p>Entries: {@code backups/generation-<n>-publication-<m>}, the descriptions, with a number
 * {@code <m>} for every shard.
 */
public final class BackupPlace {

  private static final String ROOT = "backups";

  private final ObjectStore place;

  /** The place in a store of its own. */
  public BackupPlace(ObjectStore place) {
    this.place = place;
  }

  /**
   * A backup in its place.
   *
   * @param name what it is called there
   * @param backup what it is
   * @param copied objects that were copied to make it
   */
  public record Written(String name, Backup backup, int copied) {}

  /**
   * Backs up the newest publications of the live generation's shards, each at positions of its own:
   * a generation that begins with them reads every partition from where its shard was. Indexing,
   * searching and rolling go on meanwhile. After a failure it may be called again, and copies what
   * is missing.
   *
   * @throws BackupRefusedException if there is nothing to back up, or the place has another backup
   *     of that name
   * @throws ObjectStoreException if either store fails
   */
  public Written write(ControlState control, Publications publications, InstantSource clock) {
    IndexGeneration live =
        control
            .live()
            .orElseThrow(
                () ->
                    new BackupRefusedException(
                        "no generation is live yet, so there is nothing to back up; wait until"
                            + " ./infomax status names one"));
    EncoderRelease release = control.encoders().get(live.encoderVersion());
    PublishedShards published = publications.latest(live.number()).orElse(null);
    if (release == null || published == null) {
      throw new BackupRefusedException(
          "live generation "
              + live.number()
              + " has no "
              + (release == null
                  ? "encoder release"
                  : "publication of every shard that can be read")
              + "; there is nothing to back up until a new one is built");
    }
    try (Publications.Hold _ = publications.hold(published)) {
      return write(Backup.of(clock.instant(), published, release), publications);
    } catch (ObjectBrokenException e) {
      throw new BackupRefusedException(
          "generation "
              + live.number()
              + " cannot be backed up, and nothing was: "
              + e.getMessage(),
          e);
    } catch (IndexException e) {
      throw new BackupRefusedException(e.getMessage() + "; run it again", e);
    }
  }

  /** Names of the complete backups, in the order of their making. */
  public List<String> names() {
    return place.names(ROOT).stream()
        .sorted(Comparator.comparing(name -> read(name).createdAt()))
        .toList();
  }

  /**
   * A backup by its name.
   *
   * @throws BackupRefusedException if there is none of that name or its description is damaged
   */
  public Backup read(String name) {
    byte[] bytes =
        Optional.of(name)
            .filter(given -> given.matches("[a-z0-9-]+"))
            .flatMap(given -> place.entry(ROOT + "/" + given))
            .orElseThrow(
                () ->
                    new BackupRefusedException(
                        "there is no backup '" + name + "', expected one of " + place.names(ROOT)));
    try {
      return Backup.read(bytes);
    } catch (IllegalArgumentException e) {
      throw new BackupRefusedException(
          "the description of backup " + name + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Brings the objects of a backup into a store, verified; a missing or damaged one ends it.
   *
   * @return how many were not there
   * @throws BackupRefusedException naming the object that is missing or damaged
   */
  int fetch(String name, Backup backup, ObjectStore store) {
    try {
      return new ObjectCopy(place, store).copy(backup.objects());
    } catch (ObjectBrokenException e) {
      throw new BackupRefusedException(
          "backup " + name + " is damaged, and nothing was restored: " + e.getMessage(), e);
    }
  }

  private Written write(Backup backup, Publications publications) {
    String name = ROOT + "/" + backup.name();
    Optional<byte[]> before = place.entry(name);
    int copied = new ObjectCopy(publications.store(), place).copy(backup.objects());
    if (before.isEmpty()) {
      createEntry(name, backup.bytes());
    }
    Backup there = read(backup.name());
    if (!there.shards().equals(backup.shards()) || !there.release().equals(backup.release())) {
      throw new BackupRefusedException(
          "the place has a backup "
              + backup.name()
              + " of topic "
              + there.published().spec().topicId()
              + ", which is another one; choose another place");
    }
    return new Written(backup.name(), there, copied);
  }

  /** A lost reply is no failure: what is there is read back anyway. */
  private void createEntry(String name, byte[] bytes) {
    try {
      place.createEntry(name, bytes);
    } catch (ObjectStoreException e) {
      if (place.entry(name).isEmpty()) {
        throw e;
      }
    }
  }
}
