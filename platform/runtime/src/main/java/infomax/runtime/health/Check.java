package infomax.runtime.health;

/** Something that can say how it is. */
public interface Check {

  /** What is checked, such as {@code broker}. */
  String name();

  /** How it is now; quick, no waiting. */
  CheckResult check();
}
