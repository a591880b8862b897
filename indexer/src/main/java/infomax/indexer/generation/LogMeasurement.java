package infomax.indexer.generation;

import infomax.events.control.FailureCause;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks now and then how far the log reaches, whether it is still the same one, and whether it may
 * have forgotten deletes that the index has not seen. Used by one thread.
 */
final class LogMeasurement {

  private static final Logger LOG = LoggerFactory.getLogger(LogMeasurement.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration VERIFY_INTERVAL = Duration.ofSeconds(5);

  private final IndexingRun.Parts parts;
  private final SharedResources shared;
  private final LogProgress progress;
  private final Interval interval = new Interval(INTERVAL);
  private final Interval verifications = new Interval(VERIFY_INTERVAL);

  /** True once the log was measured: what one has not measured may lack deletes. */
  private boolean taken;

  /** Said while deletes may soon be missing; else empty. */
  private String ageing = "";

  LogMeasurement(IndexingRun.Parts parts, SharedResources shared, LogProgress progress) {
    this.parts = parts;
    this.shared = shared;
    this.progress = progress;
  }

  /**
   * Measures if that is due. An index that must not be used any further is told of here, so that
   * nothing is applied to it after this. A measurement that cannot be had for now is missed, but
   * for the first one.
   *
   * @throws RetriableException if the first one cannot be had for now; nothing may be applied then
   */
  void takeIfDue() throws GenerationFailedException {
    if (!interval.isDue()) {
      return;
    }
    parts.meters().merging(parts.writer().isMerging());
    try {
      if (verifications.isDue()) {
        parts.log().verifyTopic();
        verifications.restart();
      }
      Instant asOf = shared.clock().instant();
      progress.measured(parts.log().ends(), asOf);
      parts.meters().lag(progress.lag());
      Optional<String> outdated = progress.outdated(asOf, parts.tombstoneRetention());
      if (outdated.isPresent()) {
        throw new GenerationFailedException(FailureCause.DELETES_MAY_BE_MISSING, outdated.get());
      }
      warn(progress.ageing(asOf, parts.tombstoneRetention()));
      taken = true;
    } catch (RetriableException e) {
      if (!taken) {
        throw e;
      }
      LOG.debug("the ends of the log are unknown for now: {}", e.toString());
    }
    interval.restart();
  }

  /** What there is still time to do something about; empty if nothing is. */
  String warning() {
    return ageing;
  }

  /** At half of what may not be reached there is time to do something about it. */
  private void warn(Optional<String> halfway) {
    String before = ageing;
    ageing =
        halfway
            .map(text -> text + ": once that has passed, this index is of no use and is built anew")
            .orElse("");
    if (before.isEmpty() && !ageing.isEmpty()) {
      LOG.warn("generation={} {}", parts.writer().spec().generation(), ageing);
    }
  }
}
