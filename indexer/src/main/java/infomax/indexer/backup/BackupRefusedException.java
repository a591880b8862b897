package infomax.indexer.backup;

/** A backup cannot be made or brought back as things are; the message says why and what to do. */
public final class BackupRefusedException extends RuntimeException {

  /** Says why and what to do. */
  public BackupRefusedException(String message) {
    super(message);
  }

  /** Says why and what to do, because of {@code cause}. */
  public BackupRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
