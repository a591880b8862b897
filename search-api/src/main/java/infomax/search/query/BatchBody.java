package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * The answers to searches made together.
 *
 * @param results one per search, in their order
 * @param provenance its members stand beside the results
 * @param took milliseconds from the complete request to the answer
 */
record BatchBody(List<ResultBody> results, @JsonUnwrapped Provenance provenance, double took) {}
