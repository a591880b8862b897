package infomax.imaging;

import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;

/** An image that is refused; carries the reason to the edge of the package. */
final class RejectedImageException extends Exception {

  private final Rejection rejection;

  RejectedImageException(RejectionReason reason, String message) {
    // Neither trace nor cause: refusals are ordinary, and a flood of them must stay cheap.
    super(message, null, false, false);
    this.rejection = new Rejection(reason, message);
  }

  static RejectedImageException undecodable(String message) {
    return new RejectedImageException(RejectionReason.UNDECODABLE, message);
  }

  Rejection rejection() {
    return rejection;
  }
}
