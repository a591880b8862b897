package infomax.search;

import infomax.encoder.Encoder;
import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.runtime.http.HttpServer;
import infomax.store.StoreLocation;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Configuration of the search service.
 *
 * @param objects where the object store is, settings {@code objects.*}
 * @param cache folder for opened publications, setting {@code search.cache}; on the same file
 *     system as the object store files are linked instead of copied
 * @param pollInterval how often the newest publication is looked for, setting {@code
 *     search.poll-interval}; a signal makes it sooner
 * @param heartbeatInterval how often this replica announces what it has loaded, setting {@code
 *     search.heartbeat-interval}
 * @param encoder where queries are embedded and by how many threads each, settings {@code
 *     encoder.device} and {@code search.encoder-threads}
 * @param searchesAtOnce searches that run at the same time, setting {@code search.at-once}
 * @param bodyBytes memory for bodies of searches that are on their way at once, setting {@code
 *     search.http-bytes}
 * @param decodesAtOnce large query images decoded at the same time, setting {@code
 *     search.decodes-at-once}
 * @param pastPublications publications of the past that are open at the same time, setting {@code
 *     search.past-publications}
 * @param contentReaders consumers that read images back, setting {@code search.content-readers}
 * @param contentCacheBytesMax bytes of image content kept in memory, setting {@code
 *     search.content-cache-bytes}
 * @param recallInterval how often recall is measured, setting {@code search.recall-interval}; 0 for
 *     never
 * @param shadowQueries recent queries kept to compare a candidate with the live generation on,
 *     setting {@code search.shadow-queries}; 0 for none
 * @param trust whose encoders are used, setting {@code encoder.public-key-file}
 */
public record SearchConfig(
    StoreLocation objects,
    Path cache,
    Duration pollInterval,
    Duration heartbeatInterval,
    Encoder.Execution encoder,
    int searchesAtOnce,
    long bodyBytes,
    int decodesAtOnce,
    int pastPublications,
    int contentReaders,
    long contentCacheBytesMax,
    Duration recallInterval,
    int shadowQueries,
    ReleaseTrust trust) {

  private static final String PUBLIC_KEY = "encoder.public-key-file";

  /** The configuration in {@code settings}, with defaults for what is absent. */
  public static SearchConfig from(Settings settings) {
    StoreLocation objects = StoreLocation.from(settings);
    return new SearchConfig(
        objects,
        settings.path("search.cache", Path.of("data", "cache")),
        settings.duration("search.poll-interval", objects.pollInterval()),
        settings.duration("search.heartbeat-interval", Duration.ofSeconds(1)),
        new Encoder.Execution(
            settings.choice("encoder.device", EncoderDevice.AUTO),
            settings.integer("search.encoder-threads", 1, 1, 64)),
        settings.integer("search.at-once", 16, 1, 1024),
        settings.whole(
            "search.http-bytes",
            Math.max(HttpServer.BODY_BYTES_MAX, Runtime.getRuntime().maxMemory() / 8),
            HttpServer.BODY_BYTES_MAX,
            Long.MAX_VALUE),
        settings.integer("search.decodes-at-once", 2, 1, 64),
        settings.integer("search.past-publications", 4, 1, 64),
        settings.integer("search.content-readers", 4, 1, 64),
        settings.whole("search.content-cache-bytes", 64L << 20, 0, 16L << 30),
        settings.duration("search.recall-interval", Duration.ofMinutes(1)),
        settings.integer("search.shadow-queries", 100, 0, 1000),
        trust(settings));
  }

  private static ReleaseTrust trust(Settings settings) {
    try {
      return ReleaseTrust.ofFile(settings.find(PUBLIC_KEY).map(Path::of));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("setting " + PUBLIC_KEY + ": " + e.getMessage());
    }
  }
}
