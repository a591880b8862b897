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

  static ObjectBrokenException absent(Digest digest) {
    return new ObjectBrokenException(
        digest, "object " + digest + " is absent: it was never stored or is garbage by now");
  }

  static void requireSame(Digest expected, Digest found) {
    if (!found.equals(expected)) {
      throw new ObjectBrokenException(
          expected, "object " + expected + " is corrupt: its bytes have the digest " + found);
    }
  }
}
