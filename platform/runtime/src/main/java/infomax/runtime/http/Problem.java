package infomax.runtime.http;

import infomax.events.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;

/**
 * An answer that says what went wrong (RFC 9457, {@code application/problem+json}). Thrown by
 * routes; the server writes it.
 */
public final class Problem extends RuntimeException {

  /** Media type of the body. */
  static final String MEDIA_TYPE = "application/problem+json";

  private final int status;
  private final String code;
  private final Map<String, Object> extensions;

  private Problem(int status, String code, String detail, Map<String, Object> extensions) {
    super(detail);
    this.status = status;
    this.code = code;
    this.extensions = Map.copyOf(extensions);
  }

  /**
   * A problem.
   *
   * @param status HTTP status, 400 to 599
   * @param code stable code for programs, such as {@code image_not_found}
   * @param detail the offending value and what is accepted, for people
   */
  public static Problem of(int status, String code, String detail) {
    return new Problem(status, code, detail, Map.of());
  }

  /** A problem of which nothing is known but its status. */
  static Problem ofStatus(int status, String detail) {
    return of(
        status, HttpStatus.getMessage(status).toLowerCase(Locale.ROOT).replace(' ', '_'), detail);
  }

  /** The body, in UTF-8. */
  byte[] json() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", HttpStatus.getMessage(status));
    body.put("status", status);
    body.put("code", code);
    body.put("detail", String.valueOf(getMessage()));
    body.putAll(extensions);
    return Json.write(body);
  }

  /** This problem with a further member in its body. */
  public Problem with(String member, Object value) {
    Map<String, Object> more = new java.util.HashMap<>(extensions);
    more.put(member, value);
    return new Problem(status, code, String.valueOf(getMessage()), more);
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** Stable code. */
  public String code() {
    return code;
  }

  /** Further members of the body. */
  public Map<String, Object> extensions() {
    return extensions;
  }
}
