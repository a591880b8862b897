package infomax.runtime.http;

import io.javalin.http.Context;
import java.net.URI;

/**
 * Keeps pages of other sites from changing anything here: a browser names the page a request comes
 * from in {@code Origin} (RFC 6454); what is no browser sends none and passes.
 */
public final class SameOrigin {

  private SameOrigin() {}

  /**
   * Refuses a request of another site's page.
   *
   * @throws Problem 403 {@code foreign_origin}
   */
  public static void require(Context context) {
    String origin = context.header("Origin");
    if (origin != null && !isOwn(origin, context.header("Host"))) {
      throw Problem.of(403, "foreign_origin", "a page of " + origin + " may not ask for this");
    }
  }

  private static boolean isOwn(String origin, @org.jspecify.annotations.Nullable String host) {
    try {
      return host != null && host.equals(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
