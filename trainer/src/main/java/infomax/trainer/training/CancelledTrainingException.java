package infomax.trainer.training;

/** Somebody asked for the end of this training; what it has made so far is of no use. */
public final class CancelledTrainingException extends Exception {

  private static final long serialVersionUID = 1;

  CancelledTrainingException(String message) {
    super(message);
  }
}
