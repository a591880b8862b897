package infomax.standalone;

/**
 * Something the user can mend: the message is one sentence that says what is wrong and what to
 * type. Ends the program with exit code 1 and without a stack trace.
 */
public final class UserError extends RuntimeException {

  /** An error with its sentence. */
  public UserError(String sentence) {
    super(sentence);
  }

  /** An error with its sentence and its cause, which goes to the log only. */
  public UserError(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
