package infomax.index;

/** An index cannot be opened, written or read; the message says which and why. */
public class IndexException extends RuntimeException {

  /** An index cannot be used. */
  public IndexException(String message) {
    super(message);
  }

  /** An index cannot be used, because of {@code cause}. */
  public IndexException(String message, Throwable cause) {
    super(message, cause);
  }
}
