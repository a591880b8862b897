package infomax.indexer.rollout;

import infomax.events.Digest;
import infomax.indexer.rollout.decision.IndexingFailure;
import java.util.Map;

/**
 * What indexing says it cannot go on with; the controller decides what follows. Not durable: after
 * a restart the indexing meets the same failure again.
 */
@FunctionalInterface
public interface IndexingFailures {

  /** The newest failure of every generation that has one, by its number. */
  Map<Integer, IndexingFailure> byGeneration();

  /** True if embedding the image ends the process, so that no indexer does. */
  default boolean isFatal(Digest image) {
    return false;
  }
}
