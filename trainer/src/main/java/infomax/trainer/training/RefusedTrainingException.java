package infomax.trainer.training;

/** A training that cannot be done as asked; asking again without a change would not help. */
public final class RefusedTrainingException extends Exception {

  /** Says why, and what to change. */
  public RefusedTrainingException(String message) {
    super(message);
  }
}
