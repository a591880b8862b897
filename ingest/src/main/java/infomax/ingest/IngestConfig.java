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
 * @param httpBytes bytes of uploads by HTTP that may be on their way at once; at least one largest
 *     upload
 * @param httpPatience how long the body of an upload by HTTP may be waited for, and a second more
 *     for every 32 KiB of it
 */
public record IngestConfig(
    String instance,
    int streamThreads,
    int decodesAtOnce,
    Duration acknowledgeTimeout,
    long httpBytes,
    Duration httpPatience) {

  private static final long HTTP_BYTES_MIN = 10L * 1024 * 1024;

  /** The configuration in {@code ingest.*}. */
  public static IngestConfig from(Settings settings) {
    return new IngestConfig(
        settings.text("ingest.instance", "0"),
        settings.integer("ingest.stream-threads", 2, 1, 12),
        settings.integer("ingest.decodes-at-once", 2, 1, 16),
        settings.duration("ingest.acknowledge-timeout", Duration.ofSeconds(30)),
        settings.whole(
            "ingest.http-bytes",
            Math.max(HTTP_BYTES_MIN, Runtime.getRuntime().maxMemory() / 8),
            HTTP_BYTES_MIN,
            Long.MAX_VALUE),
        settings.duration("ingest.http-patience", Duration.ofSeconds(30)));
  }
}
