package infomax.ingest.intake;

import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.Rejection;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * Counts uploads by source, outcome ({@code stored}, {@code deleted}, {@code rejected}) and reason,
 * with the time they took: {@code infomax_ingest_uploads_seconds}. An upload that is taken again
 * after a failure of the log counts again. Thread-safe.
 */
public final class UploadCounters {

  private static final String NAME = "infomax.ingest.uploads";
  private static final String NO_REASON = "none";

  private final MeterRegistry meters;

  /** Counters in {@code meters}. */
  public UploadCounters(MeterRegistry meters) {
    this.meters = meters;
  }

  void count(UploadSource source, UploadIntake.Outcome outcome, long nanos) {
    switch (outcome) {
      case UploadIntake.Outcome.Taken(ImageStored _) -> record(source, "stored", NO_REASON, nanos);
      case UploadIntake.Outcome.Taken(ImageDeleted _) ->
          record(source, "deleted", NO_REASON, nanos);
      case UploadIntake.Outcome.Refused(Rejection rejection) ->
          record(source, "rejected", rejection.reason().code(), nanos);
    }
  }

  private void record(UploadSource source, String outcome, String reason, long nanos) {
    Timer.builder(NAME)
        .description("uploads taken in, and the time until each was decided")
        .tags("source", source.label(), "outcome", outcome, "reason", reason)
        .register(meters)
        .record(nanos, TimeUnit.NANOSECONDS);
  }
}
