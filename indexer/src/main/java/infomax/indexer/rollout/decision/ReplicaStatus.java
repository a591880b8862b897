package infomax.indexer.rollout.decision;

import infomax.events.Positions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a search replica said lately.
 *
 * @param replica its name
 * @param loaded positions of every generation it could serve when last heard
 * @param servedBefore positions of what it served a moment ago, see {@link
 *     RolloutPolicy#behindMax}; null if it served nothing then. A candidate is not behind if it
 *     reaches these now: under a stream two generations commit at different moments and are hardly
 *     ever equal at one of them.
 */
public record ReplicaStatus(
    String replica, Map<Integer, Positions> loaded, @Nullable Positions servedBefore) {

  /** Copies the map. */
  public ReplicaStatus {
    loaded = Map.copyOf(loaded);
  }
}
