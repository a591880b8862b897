package infomax.encoder;

/** An encoder cannot be opened or run; the message says why. Never the fault of an image. */
public final class EncoderException extends RuntimeException {

  /** An encoder cannot be used. */
  public EncoderException(String message) {
    super(message);
  }

  /** An encoder cannot be used, because of {@code cause}. */
  public EncoderException(String message, Throwable cause) {
    super(message, cause);
  }
}
