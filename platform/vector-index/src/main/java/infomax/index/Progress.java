package infomax.index;

import infomax.events.Positions;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a commit has come in the log.
 *
 * @param positions next offsets to read; every record below is applied
 * @param completeAsOf per partition, when its end was last reached: every delete written before is
 *     applied; a partition whose end was never reached is absent
 * @param oldestTimestamp oldest timestamp among the records that are new in this commit; null if
 *     none is
 * @param newestTimestamp newest timestamp of any record applied so far; null before the first
 */
public record Progress(
    Positions positions,
    SortedMap<Integer, Instant> completeAsOf,
    @Nullable Instant oldestTimestamp,
    @Nullable Instant newestTimestamp) {

  /** Nothing read yet. */
  public static final Progress START = new Progress(Positions.START, new TreeMap<>(), null, null);

  /** Copies the map. */
  public Progress {
    completeAsOf = Collections.unmodifiableSortedMap(new TreeMap<>(completeAsOf));
  }
}
