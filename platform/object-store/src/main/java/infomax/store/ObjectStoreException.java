package infomax.store;

/**
 * The store cannot do what was asked: a name is not accepted, the store cannot be reached, or it
 * refuses. Nothing half done is visible afterwards.
 */
public class ObjectStoreException extends RuntimeException {

  /** The store cannot do what was asked. */
  public ObjectStoreException(String message) {
    super(message);
  }

  /** The store cannot do what was asked, because of {@code cause}. */
  public ObjectStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
