package infomax.search.query;

import infomax.search.live.AsOf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an answer as a whole has to fulfil.
 *
 * @param generation the generation that shall answer; null for the live one
 * @param asOf which publication of the past shall answer; null for the newest
 * @param consistency writes the answer has to include
 * @param maxLag most offsets the answer may be behind the log; null for any
 * @param timeLimit how long searching may take, and before it decoding the uploaded images
 */
record Demands(
    @Nullable Integer generation,
    @Nullable AsOf asOf,
    Consistency consistency,
    @Nullable Long maxLag,
    Duration timeLimit) {

  static final Duration TIME_LIMIT_DEFAULT = Duration.ofSeconds(5);
  static final Duration TIME_LIMIT_MAX = Duration.ofSeconds(30);

  /** None. */
  static final Demands NONE = new Demands(null, null, Consistency.NONE, null, TIME_LIMIT_DEFAULT);
}
