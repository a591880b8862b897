package infomax.index;

/** Somebody else's writer has taken the shard over since this process had it. */
public final class SupersededException extends IndexException {

  /** A shard is taken over. */
  SupersededException(String message) {
    super(message);
  }
}
