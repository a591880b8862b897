package infomax.search.query;

import infomax.events.Positions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Indexed images.
 *
 * @param images by id, a random sample, or the newest
 * @param cursor where the next part begins; null after the last one and for a choice
 * @param matches images that match the filter, in all parts
 * @param encoder the encoder of their vectors
 * @param generation the generation they come from
 * @param indexed images in it
 * @param positions every record below is reflected
 * @param lag offset distance to the end of the log; null if the end is unknown
 * @param freshness of the publication in milliseconds; null if nothing was new in it
 */
record ImagesBody(
    List<ImageBody> images,
    @Nullable String cursor,
    long matches,
    EncoderBody encoder,
    int generation,
    long indexed,
    Positions positions,
    @Nullable Long lag,
    @Nullable Long freshness) {

  static ImagesBody of(
      List<ImageBody> images, @Nullable String cursor, long matches, Provenance provenance) {
    return new ImagesBody(
        images,
        cursor,
        matches,
        provenance.encoder(),
        provenance.generation(),
        provenance.images(),
        provenance.positions(),
        provenance.lag(),
        provenance.freshness());
  }
}
