package infomax.indexer.rollout.decision;

import infomax.events.control.ShadowComparison;
import java.time.Instant;
import java.util.Map;

/**
 * What replicas said of one candidate's answers to live queries.
 *
 * @param since when the first of them was heard to have it loaded
 * @param byReplica newest comparison by the replica's name
 */
public record ShadowStatus(Instant since, Map<String, ShadowComparison> byReplica) {

  /** Copies the map. */
  public ShadowStatus {
    byReplica = Map.copyOf(byReplica);
  }
}
