package infomax.indexer.rollout;

import infomax.events.control.FailureCause;
import infomax.indexer.rollout.decision.IndexingFailure;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generations that cannot be indexed any further, as their indexing reports them; the controller
 * decides what follows. Not durable: after a restart the indexing meets the same failure again.
 * Thread-safe.
 */
public final class IndexingFailures {

  private static final Logger LOG = LoggerFactory.getLogger(IndexingFailures.class);

  private final Map<Integer, IndexingFailure> failures = new ConcurrentHashMap<>();

  /**
   * Reports that a generation cannot be indexed any further. Not for what may pass, such as an
   * absent broker or a full disk.
   *
   * @param detail one sentence for people, without a full stop
   */
  public void report(int generation, FailureCause cause, String detail) {
    if (failures.put(generation, new IndexingFailure(generation, cause, detail)) == null) {
      LOG.warn(
          "generation={} cause={} cannot be indexed any further: {}", generation, cause, detail);
    }
  }

  /** Takes a report back. */
  public void clear(int generation) {
    failures.remove(generation);
  }

  /** The newest report of every generation that has one. */
  public Map<Integer, IndexingFailure> byGeneration() {
    return Map.copyOf(failures);
  }
}
