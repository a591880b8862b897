package infomax.runtime.health;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The health of a service: it is live while no liveness check fails, and ready while no check at
 * all fails. Thread-safe.
 */
public final class Health {

  private final List<Check> liveness = new CopyOnWriteArrayList<>();
  private final List<Check> readiness = new CopyOnWriteArrayList<>();
  private final List<Check> warnings = new CopyOnWriteArrayList<>();

  /** Adds a check whose failure means the process should be restarted. */
  public void addLiveness(Check check) {
    liveness.add(check);
  }

  /** Adds a check whose failure means the service cannot do its work at the moment. */
  public void addReadiness(Check check) {
    readiness.add(check);
  }

  /** Adds a readiness check given as a function. */
  public void addReadiness(String name, Supplier<CheckResult> check) {
    readiness.add(
        new Check() {
          @Override
          public String name() {
            return name;
          }

          @Override
          public CheckResult check() {
            return check.get();
          }
        });
  }

  /** Adds a check whose failure somebody should look at, while the service does all its work. */
  public void addWarning(Check check) {
    warnings.add(check);
  }

  /** Failed checks by name that keep the service neither from living nor from working. */
  public Map<String, String> warnings() {
    return failures(warnings);
  }

  /** Failed liveness checks by name; empty if live. */
  public Map<String, String> livenessFailures() {
    return failures(liveness);
  }

  /** Failed checks by name, liveness included; empty if ready. */
  public Map<String, String> readinessFailures() {
    Map<String, String> failures = failures(liveness);
    failures.putAll(failures(readiness));
    return failures;
  }

  private static Map<String, String> failures(List<Check> checks) {
    Map<String, String> failures = new TreeMap<>();
    for (Check check : checks) {
      CheckResult result = check.check();
      if (!result.healthy()) {
        failures.put(check.name(), result.detail());
      }
    }
    return failures;
  }
}
