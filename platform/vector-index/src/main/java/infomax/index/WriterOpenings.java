package infomax.index;

import java.util.UUID;

/**
 * The writers of a shard that one process opens, one after the other. The first takes the shard
 * over from whoever has it. A later one, such as after a failure, does not take it back from a
 * writer of somebody else that has taken it over since. Not thread-safe.
 */
public final class WriterOpenings {

  /**
   * Begins the names of these writers, so that a publication is known as theirs even if its reply
   * was lost.
   */
  private final String prefix = UUID.randomUUID() + "-";

  private long opened;
  private long termLast;

  /** A unique name for the next writer. */
  String nextName() {
    opened++;
    return prefix + opened;
  }

  /** The writer opened last has this term. */
  void took(long term) {
    termLast = term;
  }

  /**
   * True if the newest publication is that of a writer of somebody else after the last of these.
   */
  boolean isSuperseded(Manifest newest) {
    return termLast > 0 && newest.term() >= termLast && !newest.writer().startsWith(prefix);
  }
}
