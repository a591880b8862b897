package infomax.events.control;

import java.time.Instant;

/**
 * Whether records of the log are applied to the indexes. Written by the rollout controller only, as
 * operators ask; absent until somebody asked for the first time.
 *
 * @param paused true if indexers apply nothing and no roll goes on
 * @param since since when it is so
 * @param who who asked for it
 * @param why why
 */
public record IndexingPause(boolean paused, Instant since, String who, String why)
    implements ControlEvent {

  /** The key of the pause. */
  public static final String KEY = "indexing/pause";

  @Override
  public String key() {
    return KEY;
  }
}
