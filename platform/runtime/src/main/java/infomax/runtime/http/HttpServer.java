package infomax.runtime.http;

import infomax.events.Json;
import infomax.runtime.access.ApiKeys;
import infomax.runtime.access.AuditLog;
import infomax.runtime.access.RateLimit;
import infomax.runtime.access.Scope;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.health.Health;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.tracing.Tracing;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of a service: its routes, {@code /livez}, {@code /readyz}, {@code /metrics}, and
 * problem+json for everything that goes wrong. Whom it lets in and what it shows to clients is in
 * its {@link HttpConfig}. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {

  /** Largest request body: an upload of 10 MiB, in base64 inside JSON. */
  public static final long BODY_BYTES_MAX = 15L * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  /** An id in a path may hold a slash, a percent sign or a backslash, percent-encoded. */
  private static final UriCompliance ANY_ID =
      UriCompliance.DEFAULT.with(
          "any-id",
          UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
          UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
          UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS);

  private final Javalin javalin;
  private final Closer closer;

  private HttpServer(Javalin javalin, Closer closer) {
    this.javalin = javalin;
    this.closer = closer;
  }

  /**
   * Starts a server on the loopback interface that lets everybody in who is there.
   *
   * @param port port to listen on; 0 picks a free one
   * @throws ConfigurationException if the port is taken
   */
  public static HttpServer start(
      int port, Health health, PrometheusMeterRegistry metrics, List<Routes> services) {
    return start(HttpConfig.loopback(port), health, metrics, services);
  }

  /**
   * Starts a server.
   *
   * @param health gets the warnings {@code http-keys} and {@code http-tls}, of files that are
   *     broken
   * @throws ConfigurationException if the port is taken, or a file it needs cannot be used
   */
  public static HttpServer start(
      HttpConfig config, Health health, PrometheusMeterRegistry metrics, List<Routes> services) {
    return start(config, health, metrics, Tracing.OFF, services);
  }

  /**
   * Starts a server that makes spans of its requests.
   *
   * @param health gets the warnings {@code http-keys} and {@code http-tls}, of files that are
   *     broken
   * @throws ConfigurationException if the port is taken, or a file it needs cannot be used
   */
  public static HttpServer start(
      HttpConfig config,
      Health health,
      PrometheusMeterRegistry metrics,
      Tracing tracing,
      List<Routes> services) {
    Closer closer = new Closer();
    try {
      return start(config, health, metrics, tracing, services, closer);
    } catch (RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private static HttpServer start(
      HttpConfig config,
      Health health,
      PrometheusMeterRegistry metrics,
      Tracing tracing,
      List<Routes> services,
      Closer closer) {
    ClientWatch watch = closer.register(ClientWatch.start());
    Gate gate = gate(config.access(), health, closer);
    SslContextFactory.@Nullable Server tls = tls(config, health, closer);
    Javalin javalin =
        Javalin.create(
            javalinConfig -> {
              configure(javalinConfig, gate);
              javalinConfig.jetty.addConnector(
                  (server, http) ->
                      connector(config, new PeekingConnector(server, http, tls, watch)));
              RequestTracing.add(javalinConfig.routes, tracing);
              addOwnRoutes(
                  javalinConfig.routes,
                  health,
                  metrics,
                  config.access().metricsOpen() ? Scope.OPEN : Scope.READ);
              services.forEach(service -> service.addTo(javalinConfig.routes));
            });
    closer.register(javalin::stop);
    try {
      return new HttpServer(javalin.start(), closer);
    } catch (JavalinBindException e) {
      throw config.portTaken();
    }
  }

  private static void configure(JavalinConfig config, Gate gate) {
    config.startup.showJavalinBanner = false;
    config.concurrency.useVirtualThreads = true;
    config.http.maxRequestSize = BODY_BYTES_MAX;
    config.http.prefer405over404 = true;
    config.http.generateEtags = false;
    config.jetty.modifyHttpConfiguration(
        http -> {
          http.setUriCompliance(ANY_ID);
          http.setSendServerVersion(false);
          // Whoever is let in shows a key; the name it asked for decides nothing.
          http.addCustomizer(new SecureRequestCustomizer(false));
          http.addCustomizer(new SecurityHeaders());
        });
    config.jetty.modifyServer(server -> server.setErrorHandler(new ProblemErrors()));
    config.requestLogger.http((context, _) -> gate.keep(context));
    config.routes.before(gate::name);
    config.routes.beforeMatched(gate::admit);
  }

  private static PeekingConnector connector(HttpConfig config, PeekingConnector connector) {
    connector.setHost(config.host());
    connector.setPort(config.port());
    return connector;
  }

  private static Gate gate(HttpConfig.Access access, Health health, Closer closer) {
    InstantSource clock = InstantSource.system();
    ApiKeys keys = null;
    if (access.keys() != null) {
      keys = closer.register(ApiKeys.open(access.keys(), clock));
      health.addWarning(keys.file());
    }
    HttpConfig.Rate rate = access.rate();
    return new Gate(
        keys,
        rate == null ? null : RateLimit.of(rate.requestsPerSecond(), rate.burst()),
        access.audit() == null ? null : closer.register(AuditLog.open(access.audit())),
        clock);
  }

  private static SslContextFactory.@Nullable Server tls(
      HttpConfig config, Health health, Closer closer) {
    if (config.tls() == null) {
      if (!config.isLoopback()) {
        LOG.warn(
            "http host={} tls=off: keys and images travel in clear text; set http.tls.certificates"
                + " and http.tls.key, or let a proxy on this machine speak TLS",
            config.host());
      }
      return null;
    }
    ServerTls tls = closer.register(ServerTls.open(config.tls()));
    health.addWarning(tls.files());
    return tls.factory();
  }

  /** The port it listens on. */
  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    closer.close();
  }

  private static void addOwnRoutes(
      RoutesConfig routes, Health health, PrometheusMeterRegistry metrics, Scope metricsScope) {
    routes.get("/livez", context -> answerHealth(context, health.livenessFailures()), Scope.OPEN);
    routes.get(
        "/readyz",
        context -> answerHealth(context, health.readinessFailures(), health.warnings()),
        Scope.OPEN);
    routes.get(
        "/metrics",
        context -> context.contentType("text/plain; version=0.0.4").result(metrics.scrape()),
        metricsScope);
    routes.exception(Problem.class, (problem, context) -> write(context, problem));
    routes.exception(
        HttpResponseException.class,
        (thrown, context) ->
            write(
                context,
                Problem.ofStatus(thrown.getStatus(), String.valueOf(thrown.getMessage()))));
    routes.exception(
        Exception.class,
        (thrown, context) -> {
          LOG.error("{} {} failed", context.method(), context.path(), thrown);
          write(context, Problem.of(500, "internal_error", "the service failed; its log says why"));
        });
  }

  private static void answerHealth(Context context, Map<String, String> failures) {
    answerHealth(context, failures, Map.of());
  }

  private static void answerHealth(
      Context context, Map<String, String> failures, Map<String, String> warnings) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ok", failures.isEmpty());
    body.put("failed", failures);
    if (!warnings.isEmpty()) {
      body.put("warnings", warnings);
    }
    context
        .status(failures.isEmpty() ? 200 : 503)
        .contentType("application/json")
        .result(Json.write(body));
  }

  private static void write(Context context, Problem problem) {
    Gate.problem(context, problem);
    if (problem.status() == HttpStatus.SERVICE_UNAVAILABLE_503) {
      context.header("Retry-After", "1");
    }
    if (problem.status() != HttpStatus.REQUEST_TIMEOUT_408) {
      UnreadBody.passOver(context);
    }
    context.status(problem.status()).result(problem.json()).contentType(Problem.MEDIA_TYPE);
  }
}
