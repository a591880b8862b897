package infomax.indexer.rollout.decision;

import infomax.events.Positions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the controller needs to know of the publications of all shards of a generation.
 *
 * @param generation of this generation
 * @param sequences numbers of its shards' publications, in the order of the shards
 * @param positions next offsets to read
 * @param completeAsOf by partition, when its end was last reached; absent if never
 * @param images live documents
 * @param publishedAt when
 */
public record Publication(
    int generation,
    List<Long> sequences,
    Positions positions,
    Map<Integer, Instant> completeAsOf,
    long images,
    Instant publishedAt) {

  /** Copies the collections. */
  public Publication {
    sequences = List.copyOf(sequences);
    completeAsOf = Map.copyOf(completeAsOf);
  }

  /**
   * True if the end of every partition was reached within {@code age} before it was published. Not
   * a matter of how fast the log grows, nor of how long the generation has held still since.
   */
  boolean wasCompleteWithin(Duration age, int partitions) {
    for (int partition = 0; partition < partitions; partition++) {
      Instant complete = completeAsOf.get(partition);
      if (complete == null || complete.isBefore(publishedAt.minus(age))) {
        return false;
      }
    }
    return true;
  }
}
