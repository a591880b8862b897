package infomax.index;

/** Files of an index are absent or damaged: trying again with the same files will not help. */
public final class IndexCorruptException extends IndexException {

  /** An index is damaged. */
  public IndexCorruptException(String message) {
    super(message);
  }

  /** An index is damaged, as {@code cause} found out. */
  public IndexCorruptException(String message, Throwable cause) {
    super(message, cause);
  }
}
