package infomax.store;

/**
 * The store cannot do what was asked: an object is absent or corrupt, a name is not accepted, or
 * the file system refuses. Nothing half done is visible afterwards.
 */
public final class ObjectStoreException extends RuntimeException {

  /** The store cannot do what was asked. */
  public ObjectStoreException(String message) {
    super(message);
  }

  /** The store cannot do what was asked, because of {@code cause}. */
  public ObjectStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
