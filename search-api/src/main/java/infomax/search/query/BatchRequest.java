package infomax.search.query;

import java.util.List;

/**
 * Searches answered together, by one publication of one generation.
 *
 * @param searches at least one; their own demands do not count
 * @param demands what the answer has to fulfil
 */
record BatchRequest(List<SearchRequest> searches, Demands demands) {

  static final int SEARCHES_MAX = 100;

  BatchRequest {
    searches = List.copyOf(searches);
  }
}
