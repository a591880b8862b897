package infomax.store;

import infomax.events.Digest;
import org.jspecify.annotations.Nullable;

/** The store answered that an object is absent, or has it damaged: asking again will not help. */
public final class UnusableObjectException extends ObjectStoreException {

  /** An object is of no use. */
  public UnusableObjectException(String message) {
    super(message);
  }

  private UnusableObjectException(String message, Throwable cause) {
    super(message, cause);
  }

  static UnusableObjectException absent(Digest digest, @Nullable Throwable cause) {
    String message = "object " + digest + " is absent: it was never stored or is garbage by now";
    return cause == null
        ? new UnusableObjectException(message)
        : new UnusableObjectException(message, cause);
  }

  /** These bytes, if they have the digest. */
  static byte[] verified(Digest digest, byte[] bytes) {
    Digest found = Digest.of(bytes);
    if (!found.equals(digest)) {
      throw new UnusableObjectException(
          "object " + digest + " is corrupt: its bytes have the digest " + found);
    }
    return bytes;
  }
}
