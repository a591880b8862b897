package infomax.search.shadow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last queries, in memory only and never more than so many. Once it is full it takes ten a
 * second at most, so that it holds a sample of some seconds and not one burst. Thread-safe.
 */
public final class RecentQueries {

  private static final Duration SPACING = Duration.ofMillis(100);

  private final int kept;
  private final InstantSource clock;
  private final Deque<RecentQuery> queries = new ArrayDeque<>();
  private Instant takenAt = Instant.MIN;

  /**
   * Holds nothing yet.
   *
   * @param kept queries at most; 0 to keep none
   */
  public RecentQueries(int kept, InstantSource clock) {
    this.kept = kept;
    this.clock = clock;
  }

  /** A query was answered. */
  public synchronized void made(RecentQuery query) {
    Instant now = clock.instant();
    if (kept == 0 || (queries.size() >= kept && now.isBefore(takenAt.plus(SPACING)))) {
      return;
    }
    takenAt = now;
    if (queries.size() >= kept) {
      queries.removeFirst();
    }
    queries.addLast(query);
  }

  /** Those kept now, the oldest first. */
  public synchronized List<RecentQuery> all() {
    return List.copyOf(queries);
  }

  /** How many are kept now. */
  public synchronized int size() {
    return queries.size();
  }
}
