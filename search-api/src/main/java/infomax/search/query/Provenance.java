package infomax.search.query;

import infomax.events.Positions;
import infomax.search.live.AsOf;
import infomax.search.live.LiveGeneration;
import infomax.search.live.LogEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an answer knows about itself.
 *
 * @param encoder the one encoder of query, index and scores
 * @param generation the generation that answered
 * @param publication number of the publication that answered, one for every shard
 * @param publishedAt when that was made, the newest of them
 * @param images images searched
 * @param positions every record below is reflected in the answer
 * @param lag offset distance to the end of the log, an upper bound on the records missing; null if
 *     the end is unknown
 * @param freshness milliseconds from the oldest record new in the publication that answered to its
 *     opening; null if nothing was new in it
 */
record Provenance(
    EncoderBody encoder,
    int generation,
    AsOf.Publication publication,
    Instant publishedAt,
    long images,
    Positions positions,
    @Nullable Long lag,
    @Nullable Long freshness) {

  static Provenance of(LiveGeneration live, LogEnd logEnd) {
    OptionalLong lag = logEnd.lag(live.positions());
    return new Provenance(
        EncoderBody.of(live),
        live.number(),
        AsOf.Publication.of(live.published()),
        live.published().publishedAt(),
        live.published().images(),
        live.positions(),
        lag.isPresent() ? lag.getAsLong() : null,
        live.freshness().map(Duration::toMillis).orElse(null));
  }
}
