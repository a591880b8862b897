package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import infomax.index.MetadataValue;
import infomax.index.Metric;
import infomax.index.SearchAnswer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one search found.
 *
 * @param hits nearest first, or in the order of their selection; null if grouped
 * @param groups the one with the nearest hit first; null unless grouped
 * @param metric how close was measured
 * @param exact true if every image that matches was scored
 * @param path how the images were found
 * @param matches images that match the filter; null without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ResultBody(
    @Nullable List<HitBody> hits,
    @Nullable List<GroupBody> groups,
    Metric metric,
    boolean exact,
    SearchAnswer.Path path,
    @Nullable Long matches) {

  static ResultBody of(SearchAnswer answer, SearchRequest request) {
    boolean grouped = request.selection().grouping() != null;
    List<Include> include = request.include();
    return new ResultBody(
        grouped ? null : hits(answer.hits(), include),
        grouped
            ? answer.groups().stream()
                .map(group -> new GroupBody(group.value(), hits(group.hits(), include)))
                .toList()
            : null,
        request.metric(),
        answer.exact(),
        answer.path(),
        answer.matches().isPresent() ? answer.matches().getAsLong() : null);
  }

  private static List<HitBody> hits(List<SearchAnswer.Hit> hits, List<Include> include) {
    return hits.stream().map(hit -> HitBody.of(hit, include)).toList();
  }

  /**
   * Hits that share a value.
   *
   * @param value the value
   * @param hits nearest first
   */
  record GroupBody(MetadataValue value, List<HitBody> hits) {}
}
