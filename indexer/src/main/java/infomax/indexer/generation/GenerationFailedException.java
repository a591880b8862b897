package infomax.indexer.generation;

import infomax.events.control.FailureCause;

/** Indexing a generation cannot go on, and trying again would not help. */
final class GenerationFailedException extends Exception {

  private final FailureCause reason;

  GenerationFailedException(FailureCause reason, String message) {
    super(message);
    this.reason = reason;
  }

  GenerationFailedException(FailureCause reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  FailureCause reason() {
    return reason;
  }
}
