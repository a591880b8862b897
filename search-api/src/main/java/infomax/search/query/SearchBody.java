package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import infomax.index.Metric;
import java.util.List;

/**
 * The answer to a search.
 *
 * @param hits nearest first
 * @param provenance its members stand beside the hits
 * @param metric how close was measured
 * @param exact true if every image was scored
 * @param took milliseconds from the complete request to the answer
 */
record SearchBody(
    List<HitBody> hits,
    @JsonUnwrapped Provenance provenance,
    Metric metric,
    boolean exact,
    double took) {}
