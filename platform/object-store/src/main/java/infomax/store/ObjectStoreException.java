package infomax.store;

/**
 * The store cannot do what was asked: it cannot be reached, the file system refuses, or a name is
 * not accepted. Nothing half done is visible afterwards, and trying again later may help, unless it
 * is an {@link ObjectBrokenException}.
 */
public sealed class ObjectStoreException extends RuntimeException permits ObjectBrokenException {

  /** The store cannot do what was asked. */
  public ObjectStoreException(String message) {
    super(message);
  }

  /** The store cannot do what was asked, because of {@code cause}. */
  public ObjectStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
