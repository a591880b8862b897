package infomax.runtime.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Headers of every answer, those that Jetty makes itself included; a route may set stricter ones.
 * Thread-safe.
 */
final class SecurityHeaders implements HttpConfiguration.Customizer {

  private static final String YEAR = "max-age=31536000";

  @Override
  public Request customize(Request request, HttpFields.Mutable answer) {
    put(request, answer);
    return request;
  }

  static void put(Request request, HttpFields.Mutable answer) {
    answer.put("X-Content-Type-Options", "nosniff");
    answer.put("Referrer-Policy", "no-referrer");
    // Answers are data: shown as a document they load, run and are framed by nothing.
    answer.put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    if (request.isSecure()) {
      answer.put(HttpHeader.STRICT_TRANSPORT_SECURITY, YEAR);
    }
  }
}
