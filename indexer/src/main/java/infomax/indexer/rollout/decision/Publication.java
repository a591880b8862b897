package infomax.indexer.rollout.decision;

import infomax.events.Positions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the controller needs to know of the publications of all shards of a generation.
 *
 * @param generation of this generation
 * @param sequences numbers of its shards' publications, in the order of the shards
 * @param positions next offsets to read
 * @param incompleteFor by partition, how long before its shard was published its end was last
 *     reached; absent if never
 * @param images live documents
 */
public record Publication(
    int generation,
    List<Long> sequences,
    Positions positions,
    Map<Integer, Duration> incompleteFor,
    long images) {

  /** Copies the collections. */
  public Publication {
    sequences = List.copyOf(sequences);
    incompleteFor = Map.copyOf(incompleteFor);
  }

  /**
   * True if the end of every partition was reached within {@code age} before its shard was
   * published. Not a matter of how fast the log grows, nor of how long a shard has held still
   * since, such as while another one is still being built.
   */
  boolean wasCompleteWithin(Duration age, int partitions) {
    for (int partition = 0; partition < partitions; partition++) {
      Duration incomplete = incompleteFor.get(partition);
      if (incomplete == null || incomplete.compareTo(age) > 0) {
        return false;
      }
    }
    return true;
  }
}
