package infomax.runtime.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Optional;

/** A piece of work in a trace; over when it is closed. Thread-safe. */
public final class TraceSpan implements AutoCloseable {

  /** Of nothing that is traced. */
  static final TraceSpan NONE = new TraceSpan(Span.getInvalid());

  private static final String VERSION = "00";

  private final Span span;

  TraceSpan(Span span) {
    this.span = span;
  }

  /** What the work it causes carries on; empty if nothing is traced. */
  public Optional<String> traceparent() {
    SpanContext context = span.getSpanContext();
    return context.isValid()
        ? Optional.of(
            String.join(
                "-",
                VERSION,
                context.getTraceId(),
                context.getSpanId(),
                context.getTraceFlags().asHex()))
        : Optional.empty();
  }

  /** Gives it a better name, once one is known. */
  public void rename(String name) {
    span.updateName(name);
  }

  /** Adds a fact. */
  public TraceSpan with(String key, String value) {
    span.setAttribute(key, value);
    return this;
  }

  /** Adds a fact. */
  public TraceSpan with(String key, long value) {
    span.setAttribute(key, value);
    return this;
  }

  /** The work failed. */
  public void fail(String why) {
    span.setStatus(StatusCode.ERROR, why);
  }

  @Override
  public void close() {
    span.end();
  }
}
