package infomax.runtime.health;

/**
 * Outcome of a {@link Check}.
 *
 * @param healthy true if nothing is wrong
 * @param detail what is wrong; empty if healthy
 */
public record CheckResult(boolean healthy, String detail) {

  private static final CheckResult OK = new CheckResult(true, "");

  /** Nothing is wrong. */
  public static CheckResult ok() {
    return OK;
  }

  /** Something is wrong. */
  public static CheckResult failed(String detail) {
    return new CheckResult(false, detail);
  }
}
