package infomax.indexer.rollout.verification;

/**
 * A verification could not be carried out: says nothing about the candidate, may be tried again.
 */
public final class VerificationUnavailableException extends Exception {

  VerificationUnavailableException(String message) {
    super(message);
  }

  VerificationUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
