package infomax.events.control;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The name of the live generation. Written by the rollout controller only; moving it is the roll.
 *
 * @param generation the live generation
 * @param previous the generation a rollback goes back to; null if there is none
 * @param since when the alias moved here
 * @param automaticRolls false after a rollback, until an operator promotes again
 * @param barredEncoders encoder versions that are never promoted automatically
 * @param reason why it moved, one sentence
 */
public record LiveAlias(
    int generation,
    @Nullable Integer previous,
    Instant since,
    boolean automaticRolls,
    SortedSet<Integer> barredEncoders,
    String reason)
    implements ControlEvent {

  /** The key of the alias. */
  public static final String KEY = "alias/live";

  /** Copies the set. */
  public LiveAlias {
    barredEncoders = Collections.unmodifiableSortedSet(new TreeSet<>(barredEncoders));
  }

  @Override
  public String key() {
    return KEY;
  }
}
