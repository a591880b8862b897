package infomax.runtime.http;

import infomax.events.Json;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.health.Health;
import infomax.runtime.tracing.Tracing;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of a service: its routes, {@code /livez}, {@code /readyz}, {@code /metrics}, and
 * problem+json for everything that goes wrong. Listens on the loopback interface only. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {

  /** Largest request body: an upload of 10 MiB, in base64 inside JSON. */
  public static final long BODY_BYTES_MAX = 15L * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final String LOOPBACK = "127.0.0.1";

  /** An id in a path may hold a slash, a percent sign or a backslash, percent-encoded. */
  private static final UriCompliance ANY_ID =
      UriCompliance.DEFAULT.with(
          "any-id",
          UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
          UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
          UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS);

  private final Javalin javalin;
  private final ClientWatch watch;

  private HttpServer(Javalin javalin, ClientWatch watch) {
    this.javalin = javalin;
    this.watch = watch;
  }

  /**
   * Starts a server.
   *
   * @param port port to listen on; 0 picks a free one
   * @throws ConfigurationException if the port is taken
   */
  public static HttpServer start(
      int port, Health health, PrometheusMeterRegistry metrics, List<Routes> services) {
    return start(port, health, metrics, Tracing.OFF, services);
  }

  /**
   * Starts a server that makes spans of its requests.
   *
   * @param port port to listen on; 0 picks a free one
   * @throws ConfigurationException if the port is taken
   */
  public static HttpServer start(
      int port,
      Health health,
      PrometheusMeterRegistry metrics,
      Tracing tracing,
      List<Routes> services) {
    ClientWatch watch = ClientWatch.start();
    Javalin javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.concurrency.useVirtualThreads = true;
              config.http.maxRequestSize = BODY_BYTES_MAX;
              config.http.prefer405over404 = true;
              config.http.generateEtags = false;
              config.jetty.modifyHttpConfiguration(http -> http.setUriCompliance(ANY_ID));
              config.jetty.addConnector(
                  (server, http) -> new PeekingConnector(server, http, LOOPBACK, port, watch));
              RequestTracing.add(config.routes, tracing);
              addOwnRoutes(config.routes, health, metrics);
              services.forEach(service -> service.addTo(config.routes));
            });
    try {
      return new HttpServer(javalin.start(), watch);
    } catch (JavalinBindException e) {
      watch.close();
      throw new ConfigurationException(
          "port " + port + " is taken; stop what listens there or choose another with --port");
    }
  }

  /** The port it listens on. */
  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
    watch.close();
  }

  private static void addOwnRoutes(
      RoutesConfig routes, Health health, PrometheusMeterRegistry metrics) {
    routes.get("/livez", context -> answerHealth(context, health.livenessFailures()));
    routes.get("/readyz", context -> answerHealth(context, health.readinessFailures()));
    routes.get(
        "/metrics",
        context -> context.contentType("text/plain; version=0.0.4").result(metrics.scrape()));
    routes.exception(Problem.class, (problem, context) -> write(context, problem));
    routes.exception(
        HttpResponseException.class,
        (thrown, context) ->
            write(
                context,
                Problem.of(
                    thrown.getStatus(),
                    code(thrown.getStatus()),
                    String.valueOf(thrown.getMessage()))));
    routes.exception(
        Exception.class,
        (thrown, context) -> {
          LOG.error("{} {} failed", context.method(), context.path(), thrown);
          write(context, Problem.of(500, "internal_error", "the service failed; its log says why"));
        });
  }

  private static void answerHealth(Context context, Map<String, String> failures) {
    context
        .status(failures.isEmpty() ? 200 : 503)
        .contentType("application/json")
        .result(Json.write(Map.of("ok", failures.isEmpty(), "failed", failures)));
  }

  private static void write(Context context, Problem problem) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", HttpStatus.getMessage(problem.status()));
    body.put("status", problem.status());
    body.put("code", problem.code());
    body.put("detail", String.valueOf(problem.getMessage()));
    body.putAll(problem.extensions());
    if (problem.status() == HttpStatus.SERVICE_UNAVAILABLE_503) {
      context.header("Retry-After", "1");
    }
    context
        .status(problem.status())
        .result(Json.write(body))
        .contentType("application/problem+json");
  }

  private static String code(int status) {
    return HttpStatus.getMessage(status).toLowerCase(java.util.Locale.ROOT).replace(' ', '_');
  }
}
