package infomax.trainer.engine;

/** An engine was chosen whose native libraries are not part of this build. */
public final class MissingLibrariesException extends RuntimeException {

  MissingLibrariesException(String message, Throwable cause) {
    super(message, cause);
  }
}
