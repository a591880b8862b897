package infomax.events.image;

/** A record that does not have the agreed form; carries the {@link Rejection} to report. */
public final class MalformedRecordException extends Exception {

  private final Rejection rejection;

  /** A malformed record, refused for {@code rejection}. */
  public MalformedRecordException(Rejection rejection) {
    super(rejection.reason().code() + ": " + rejection.message());
    this.rejection = rejection;
  }

  /** The refusal to report. */
  public Rejection rejection() {
    return rejection;
  }
}
