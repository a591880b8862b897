/**
 * Traces from a request to the publication that shows it (W3C Trace Context, OpenTelemetry).
 * Central class: {@link infomax.runtime.tracing.Tracing}. OpenTelemetry's types stay in here.
 */
@NullMarked
package infomax.runtime.tracing;

import org.jspecify.annotations.NullMarked;
