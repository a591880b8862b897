package infomax.indexer.generation;

import infomax.store.Backoff;
import java.time.Duration;

/**
 * What went wrong with one generation last, and how long to wait before the next attempt. An
 * attempt that merely begins proves nothing: on a full disk an index opens, and the next commit
 * fails again. Used by one thread.
 */
final class Retries {

  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Backoff backoff = new Backoff(FIRST, LONGEST);
  private String problem = "";

  /**
   * An attempt failed.
   *
   * @return true if it failed in another way than the one before
   */
  boolean failed(String nextProblem) {
    boolean isNews = !problem.equals(nextProblem);
    problem = nextProblem;
    return isNews;
  }

  /** How long to wait before the next attempt. */
  Duration pause() {
    return backoff.next();
  }

  /** What went wrong last; empty once work was done. */
  String problem() {
    return problem;
  }

  /** Work was done. */
  void over() {
    problem = "";
    backoff.reset();
  }
}
