package infomax.search.rejected;

import infomax.events.image.RejectionReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.stream.Stream;

/**
 * Counts dead letters by stage and reason. Those that are known are there from the start, at zero:
 * otherwise the first one could not be seen as an increase. Thread-safe.
 */
final class DeadLetterMeters {

  private static final String NAME = "infomax.dead.letters";
  private static final String UNKNOWN = "unknown";

  private final MeterRegistry metrics;

  DeadLetterMeters(MeterRegistry metrics) {
    this.metrics = metrics;
    for (String stage : new String[] {"ingest", "indexer"}) {
      Stream.of(RejectionReason.values()).forEach(reason -> counter(stage, reason.code()));
    }
    counter(UNKNOWN, UNKNOWN);
  }

  /** What is no letter of ours may say any text: it must not make a series each. */
  void count(RejectedImage rejected) {
    boolean known = rejected.stage().equals("ingest") || rejected.stage().equals("indexer");
    counter(known ? rejected.stage() : UNKNOWN, known ? rejected.reason() : UNKNOWN).increment();
  }

  private Counter counter(String stage, String reason) {
    return Counter.builder(NAME)
        .description("dead letters written while this replica ran")
        .tags("stage", stage, "reason", reason)
        .register(metrics);
  }
}
