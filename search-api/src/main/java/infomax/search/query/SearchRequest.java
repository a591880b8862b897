package infomax.search.query;

import infomax.index.Filter;
import infomax.index.Metric;
import infomax.index.Selection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A search, checked.
 *
 * @param query what neighbours are asked of
 * @param encoder the encoder the client insists on; null for whichever answers
 * @param metric how close is measured
 * @param filter which images may be found
 * @param selection which of those found become hits
 * @param candidates images the approximate search looks at closely
 * @param exact true to score every image that matches
 * @param include what hits tell
 * @param withoutItself true if an image searched by its id is no hit
 * @param demands what the answer has to fulfil
 */
record SearchRequest(
    Query query,
    @Nullable EncoderChoice encoder,
    Metric metric,
    Filter filter,
    Selection selection,
    int candidates,
    boolean exact,
    List<Include> include,
    boolean withoutItself,
    Demands demands) {

  SearchRequest {
    include = List.copyOf(include);
  }
}
