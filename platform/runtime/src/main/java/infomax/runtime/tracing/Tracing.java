package infomax.runtime.tracing;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans, and sends them where the settings say. What belongs together is told by {@code
 * traceparent} (W3C Trace Context), in HTTP and in record headers alike. Switched off, it makes no
 * spans and costs a look at a flag. Thread-safe.
 *
 * <p>Settings: {@code tracing.exporter} is {@code none} (default) or {@code otlp}; {@code
 * tracing.otlp-url} is where spans are sent by OTLP over HTTP; {@code tracing.share} is the share
 * of the traces begun here that are recorded, 0 to 1. A caller's own choice comes before it.
 */
public final class Tracing implements AutoCloseable {

  /** The header that names a trace and a span in it, in HTTP and on records. */
  public static final String TRACEPARENT = "traceparent";

  /** No traces. */
  public static final Tracing OFF = new Tracing(TracerProvider.noop().get("infomax"), null);

  private static final Duration EXPORT_INTERVAL = Duration.ofSeconds(1);
  private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** Of a batch of images; more say nothing more. */
  private static final int LINKS_MAX = 128;

  private static final TextMapGetter<String> ONE_HEADER =
      (traceparent, key) -> key.equals(TRACEPARENT) ? traceparent : null;

  private final Tracer tracer;
  private final @Nullable SdkTracerProvider provider;

  private Tracing(Tracer tracer, @Nullable SdkTracerProvider provider) {
    this.tracer = tracer;
    this.provider = provider;
  }

  /** Where spans go. */
  private enum Exporter {
    NONE,
    OTLP
  }

  /**
   * Tracing as the settings say.
   *
   * @param service name of the process in traces
   * @throws ConfigurationException naming the first setting that cannot be used
   */
  public static Tracing from(Settings settings, String service) {
    Exporter exporter = settings.choice("tracing.exporter", Exporter.NONE);
    String url = settings.text("tracing.otlp-url", "http://localhost:4318/v1/traces");
    double share = settings.decimal("tracing.share", 1, 0, 1);
    if (exporter == Exporter.NONE) {
      return OFF;
    }
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service)))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(share)))
            .addSpanProcessor(
                BatchSpanProcessor.builder(
                        OtlpHttpSpanExporter.builder()
                            .setEndpoint(endpoint(url))
                            .setTimeout(EXPORT_TIMEOUT)
                            .build())
                    .setScheduleDelay(EXPORT_INTERVAL)
                    .build())
            .build();
    return new Tracing(provider.get("infomax"), provider);
  }

  /** False if nothing is traced: then nobody has to look for headers. */
  public boolean isOn() {
    return provider != null;
  }

  /**
   * Begins work that somebody asked for by HTTP.
   *
   * @param traceparent what the caller sent, to be continued; null or unreadable begins a trace
   */
  public TraceSpan beginRequest(String name, @Nullable String traceparent) {
    return begin(builder(name, SpanKind.SERVER, traceparent));
  }

  /** Begins work that hands something to the log. */
  public TraceSpan beginProduce(String name, @Nullable String traceparent) {
    return begin(builder(name, SpanKind.PRODUCER, traceparent));
  }

  /** Begins work within a trace. */
  public TraceSpan begin(String name, @Nullable String traceparent) {
    return begin(builder(name, SpanKind.INTERNAL, traceparent));
  }

  /** Work that nobody traces. */
  public TraceSpan none() {
    return TraceSpan.NONE;
  }

  /** Begins work on many things at once: a trace of its own with links to theirs. */
  public TraceSpan beginBatch(String name, Collection<String> traceparents) {
    SpanBuilder builder = builder(name, SpanKind.CONSUMER, null);
    traceparents.stream()
        .limit(LINKS_MAX)
        .map(Tracing::context)
        .map(context -> Span.fromContext(context).getSpanContext())
        .filter(SpanContext::isValid)
        .forEach(builder::addLink);
    return begin(builder);
  }

  /** Tells of work within a trace that is over. */
  public void record(String name, String traceparent, Instant begun, Instant ended) {
    if (isOn()) {
      builder(name, SpanKind.INTERNAL, traceparent).setStartTimestamp(begun).startSpan().end(ended);
    }
  }

  /** Sends what is left; later spans are lost. */
  @Override
  public void close() {
    if (provider != null) {
      provider.shutdown().join(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private TraceSpan begin(SpanBuilder builder) {
    return isOn() ? new TraceSpan(builder.startSpan()) : TraceSpan.NONE;
  }

  private SpanBuilder builder(String name, SpanKind kind, @Nullable String traceparent) {
    return tracer.spanBuilder(name).setSpanKind(kind).setParent(context(traceparent));
  }

  private static Context context(@Nullable String traceparent) {
    return traceparent == null
        ? Context.root()
        : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, ONE_HEADER);
  }

  private static String endpoint(String url) {
    try {
      URI parsed = URI.create(url);
      if (parsed.getHost() != null
          && ("http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme()))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Told below, like any other text that is no address.
    }
    throw new ConfigurationException(
        "setting tracing.otlp-url is '"
            + url
            + "', expected an address such as http://localhost:4318/v1/traces");
  }
}
