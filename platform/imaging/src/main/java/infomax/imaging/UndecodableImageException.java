package infomax.imaging;

import infomax.events.image.Rejection;

/**
 * Bytes that say they are a canonical image and are none. Only the bytes decide; a failure of the
 * machine is never reported this way.
 */
public final class UndecodableImageException extends Exception {

  private final Rejection rejection;

  UndecodableImageException(Rejection rejection) {
    super(rejection.reason().code() + ": " + rejection.message(), null, false, false);
    this.rejection = rejection;
  }

  /** The refusal to report. */
  public Rejection rejection() {
    return rejection;
  }
}
