package infomax.index;

import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopDocs;
import org.jspecify.annotations.Nullable;

/**
 * A walk along the graph that counts the vectors it looks at. For one search; not thread-safe, and
 * the searcher has to run in the caller's thread.
 */
final class CountingQuery extends KnnFloatVectorQuery {

  private long visited;

  CountingQuery(String field, float[] target, int k, @Nullable Query among) {
    super(field, target, k, among);
  }

  /** Vectors looked at so far. */
  long visited() {
    return visited;
  }

  /** What a segment reports as its total hits are the vectors that were visited there. */
  @Override
  protected TopDocs mergeLeafResults(TopDocs[] perLeaf) {
    for (TopDocs leaf : perLeaf) {
      visited += leaf.totalHits.value();
    }
    return super.mergeLeafResults(perLeaf);
  }
}
