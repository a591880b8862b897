package infomax.ingest;

import infomax.runtime.config.Settings;
import java.time.Duration;

/**
 * How ingest runs.
 *
 * @param instance name of this process among those that ingest; the same after a restart
 * @param streamThreads threads that take in {@code images.uploads}, 1 to 12
 * @param decodesAtOnce large images decoded at the same time, 1 to 16
 * @param acknowledgeTimeout how long a write by HTTP waits for the log
 */
public record IngestConfig(
    String instance, int streamThreads, int decodesAtOnce, Duration acknowledgeTimeout) {

  /** The configuration in {@code ingest.*}. */
  public static IngestConfig from(Settings settings) {
    return new IngestConfig(
        settings.text("ingest.instance", "0"),
        settings.integer("ingest.stream-threads", 2, 1, 12),
        settings.integer("ingest.decodes-at-once", 2, 1, 16),
        settings.duration("ingest.acknowledge-timeout", Duration.ofSeconds(30)));
  }
}
