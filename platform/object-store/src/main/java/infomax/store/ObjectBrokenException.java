package infomax.store;

import infomax.events.Digest;

/**
 * The store can be reached, and an object in it is absent or its bytes do not have its digest.
 * Trying again does not help until somebody stores the object again.
 */
public final class ObjectBrokenException extends ObjectStoreException {

  private final Digest digest;

  /** This object is absent or corrupt. */
  public ObjectBrokenException(Digest digest, String message) {
    super(message);
    this.digest = digest;
  }

  /** Which object. */
  public Digest digest() {
    return digest;
  }
}
