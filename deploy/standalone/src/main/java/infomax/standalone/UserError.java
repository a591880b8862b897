package infomax.standalone;

/**
 * Something the user can mend: the message is one sentence that says what is wrong and what to
 * type. Ends the program without a stack trace.
 */
public final class UserError extends RuntimeException {

  /** Exit code where something could not be done. */
  public static final int EXIT_ERROR = 1;

  /** Exit code where a command was given what it does not take. */
  public static final int EXIT_USAGE = 2;

  private final int exitCode;

  /** An error with its sentence. */
  public UserError(String sentence) {
    super(sentence);
    this.exitCode = EXIT_ERROR;
  }

  /** An error with its sentence and its cause, which goes to the log only. */
  public UserError(String sentence, Throwable cause) {
    super(sentence, cause);
    this.exitCode = EXIT_ERROR;
  }

  private UserError(String sentence, int exitCode) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /** A command that was given what it does not take. */
  public static UserError usage(String sentence) {
    return new UserError(sentence, EXIT_USAGE);
  }

  /** {@link #EXIT_ERROR} or {@link #EXIT_USAGE}. */
  public int exitCode() {
    return exitCode;
  }
}
