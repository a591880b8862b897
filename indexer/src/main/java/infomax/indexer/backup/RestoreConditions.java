package infomax.indexer.backup;

import infomax.events.Positions;
import infomax.events.control.EncoderRelease;
import infomax.index.IndexSpec;
import infomax.index.PublishedShards;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a backup may be brought back beside a log. Plain comparison without I/O.
 *
 * @param topicId id of the topic {@code images}
 * @param partitions its partitions
 * @param ends its committed ends
 * @param tombstoneRetention how long it keeps tombstones; null to leave that to somebody else
 * @param releases the releases that are known, by version
 * @param now the present
 */
public record RestoreConditions(
    String topicId,
    int partitions,
    Positions ends,
    @Nullable Duration tombstoneRetention,
    SortedMap<Integer, EncoderRelease> releases,
    Instant now) {

  /** Why the backup cannot be brought back, one sentence; empty if it can. */
  public Optional<String> refusal(Backup backup) {
    PublishedShards published = backup.published();
    if (!published.spec().topicId().equals(topicId)) {
      return Optional.of(
          "it was made from topic "
              + published.spec().topicId()
              + ", but images is now "
              + topicId
              + ": a backup is of use only beside its own log; a generation is built from this one");
    }
    if (published.spec().partitions() != partitions) {
      return Optional.of(
          "it was made from "
              + published.spec().partitions()
              + " partitions, but images now has "
              + partitions);
    }
    if (!ends.reaches(published.positions())) {
      return Optional.of(
          "its positions are ahead of the log, which ends at "
              + ends.byPartition()
              + ": the log has lost records, so that the index would hold images that it does not");
    }
    if (published.spec().format() != IndexSpec.FORMAT) {
      return Optional.of(
          "its index has format "
              + published.spec().format()
              + ", expected "
              + IndexSpec.FORMAT
              + ": build a new generation instead");
    }
    EncoderRelease known = releases.get(backup.release().version());
    if (known != null && !known.equals(backup.release())) {
      return Optional.of(
          "encoder "
              + known.version()
              + " is another one here, with SHA-256 "
              + known.onnx()
              + ", but "
              + backup.release().onnx()
              + " in the backup");
    }
    return missingDeletes(published);
  }

  private Optional<String> missingDeletes(PublishedShards published) {
    if (tombstoneRetention == null) {
      return Optional.empty();
    }
    for (int partition = 0; partition < partitions; partition++) {
      Instant complete = published.completeAsOf().get(partition);
      if (published.positions().offset(partition) > 0
          && (complete == null || complete.plus(tombstoneRetention).isBefore(now))) {
        return Optional.of(
            "deletes may be missing: partition "
                + partition
                + (complete == null
                    ? " had never been read to its end"
                    : " was last read to its end at " + complete)
                + ", and images keeps deletes for "
                + tombstoneRetention
                + "; take a newer backup, or let a generation be built from the log");
      }
    }
    return Optional.empty();
  }
}
