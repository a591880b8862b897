package infomax.search.query;

import infomax.index.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A search, checked.
 *
 * @param query what neighbours are asked of
 * @param encoder the encoder the client insists on; null for whichever answers
 * @param k hits wanted
 * @param candidates images the approximate search looks at closely, at least k
 * @param exact true to score every image
 * @param metric how close is measured
 * @param include what hits tell
 * @param consistency writes the answer has to include
 */
record SearchRequest(
    Query query,
    @Nullable EncoderChoice encoder,
    int k,
    int candidates,
    boolean exact,
    Metric metric,
    List<Include> include,
    Consistency consistency) {

  SearchRequest {
    include = List.copyOf(include);
  }
}
