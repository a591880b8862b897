package infomax.ingest.http;

import infomax.runtime.http.Problem;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The query parameters {@code wait=searchable} and {@code timeout}, such as {@code 500ms} or {@code
 * 10s}.
 *
 * @param timeout longest wait
 */
record WaitRequest(Duration timeout) {

  private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(10);
  private static final Duration TIMEOUT_MAX = Duration.ofSeconds(60);
  private static final Pattern TIMEOUT = Pattern.compile("([0-9]{1,6})(ms|s)");

  /**
   * The wait that a request asks for.
   *
   * @throws Problem 400 {@code invalid_parameter}
   */
  static Optional<WaitRequest> of(Context context) {
    String wait = context.queryParam("wait");
    String timeout = context.queryParam("timeout");
    if (wait == null && timeout == null) {
      return Optional.empty();
    }
    if (!"searchable".equals(wait)) {
      throw invalid("wait is " + wait + ", expected searchable");
    }
    return Optional.of(new WaitRequest(timeout == null ? TIMEOUT_DEFAULT : parse(timeout)));
  }

  private static Duration parse(String text) {
    Matcher matcher = TIMEOUT.matcher(text);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      Duration timeout =
          "s".equals(matcher.group(2)) ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
      if (timeout.compareTo(TIMEOUT_MAX) <= 0) {
        return timeout;
      }
    }
    throw invalid("timeout is " + text + ", expected such as 500ms or 10s, at most 60s");
  }

  private static Problem invalid(String detail) {
    return Problem.of(400, "invalid_parameter", detail);
  }
}
