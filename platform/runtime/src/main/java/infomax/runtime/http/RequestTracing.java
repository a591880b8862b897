package infomax.runtime.http;

import infomax.runtime.tracing.TraceSpan;
import infomax.runtime.tracing.Tracing;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import java.util.Optional;

/**
 * A span for every request of the API but those that stay open. A caller's {@code traceparent} is
 * continued; the answer names trace and span in {@code traceresponse} (W3C Trace Context, level 2).
 */
public final class RequestTracing {

  /** Response header with the span of the request, in the form of {@code traceparent}. */
  static final String TRACERESPONSE = "traceresponse";

  private static final String SPAN = "infomax.span";
  private static final String API = "/v1/";
  private static final String EVENTS = "/v1/events";
  private static final int SERVER_ERROR = 500;

  private RequestTracing() {}

  static void add(RoutesConfig routes, Tracing tracing) {
    if (!tracing.isOn()) {
      return;
    }
    routes.before(context -> begin(context, tracing));
    routes.after(RequestTracing::end);
  }

  /**
   * What work for this request carries on: its own span, or what the caller sent where nothing is
   * traced.
   */
  public static Optional<String> traceparent(Context context) {
    TraceSpan span = context.attribute(SPAN);
    return span == null
        ? Optional.ofNullable(context.header(Tracing.TRACEPARENT))
        : span.traceparent();
  }

  private static void begin(Context context, Tracing tracing) {
    if (!context.path().startsWith(API) || context.path().equals(EVENTS)) {
      return;
    }
    TraceSpan span =
        tracing
            .beginRequest(context.method().name(), context.header(Tracing.TRACEPARENT))
            .with("http.request.method", context.method().name())
            .with("url.path", context.path());
    context.attribute(SPAN, span);
    span.traceparent().ifPresent(name -> context.header(TRACERESPONSE, name));
  }

  private static void end(Context context) {
    TraceSpan span = context.attribute(SPAN);
    if (span == null) {
      return;
    }
    Endpoint route = context.endpoints().lastHttpEndpoint();
    if (route != null) {
      span.rename(context.method().name() + " " + route.path);
      span.with("http.route", route.path);
    }
    int status = context.statusCode();
    span.with("http.response.status_code", status);
    if (status >= SERVER_ERROR) {
      span.fail("HTTP " + status);
    }
    span.close();
  }
}
