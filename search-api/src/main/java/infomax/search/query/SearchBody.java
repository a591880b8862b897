package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * The answer to a search.
 *
 * @param result its members stand first
 * @param provenance its members stand beside them
 * @param took milliseconds from the complete request to the answer
 */
record SearchBody(
    @JsonUnwrapped ResultBody result, @JsonUnwrapped Provenance provenance, double took) {}
