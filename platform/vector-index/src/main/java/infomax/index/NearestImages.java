package infomax.index;

import infomax.index.SearchAnswer.Hit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.VectorUtil;

/**
 * Finds the nearest images: candidates by Lucene's graph or by a scan of every vector in single
 * precision, then the score of each candidate in double precision from the stored vectors. Both
 * ways thus give the same image the same score. Thread-safe.
 */
final class NearestImages {

  /**
   * How many more than k a scan keeps, so that rounding in single precision cannot push a true hit
   * out.
   */
  private static final int SCAN_SLACK = 16;

  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble((Scored scored) -> -scored.score())
          .thenComparingInt(Scored::document);
  private static final Comparator<Hit> HIT_ORDER =
      Comparator.comparingDouble((Hit hit) -> -hit.score()).thenComparing(hit -> hit.image().id());

  private final IndexSearcher searcher;

  NearestImages(IndexSearcher searcher) {
    this.searcher = searcher;
  }

  SearchAnswer search(VectorQuery query) throws IOException {
    List<Scored> candidates = query.exact() ? scan(query) : graph(query);
    List<Scored> scored = new ArrayList<>(candidates.size());
    for (Scored candidate : candidates) {
      scored.add(rescored(candidate.document(), query));
    }
    scored.sort(BEST_FIRST);
    List<Hit> hits = new ArrayList<>();
    for (Scored best : scored.subList(0, Math.min(query.k(), scored.size()))) {
      LeafReaderContext leaf = leaf(best.document());
      hits.add(
          new Hit(ImageFields.read(leaf.reader(), best.document() - leaf.docBase), best.score()));
    }
    hits.sort(HIT_ORDER);
    return new SearchAnswer(hits, query.exact());
  }

  private List<Scored> graph(VectorQuery query) throws IOException {
    KnnFloatVectorQuery knn =
        new KnnFloatVectorQuery(ImageFields.VECTOR, query.vector().shared(), query.candidates());
    List<Scored> candidates = new ArrayList<>();
    for (ScoreDoc found : searcher.search(knn, query.candidates()).scoreDocs) {
      candidates.add(new Scored(found.doc, found.score));
    }
    return candidates;
  }

  private List<Scored> scan(VectorQuery query) throws IOException {
    int kept = query.k() + SCAN_SLACK;
    PriorityQueue<Scored> best = new PriorityQueue<>(BEST_FIRST.reversed());
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      scan(leaf, query, kept, best);
    }
    return List.copyOf(best);
  }

  private static void scan(
      LeafReaderContext context, VectorQuery query, int kept, PriorityQueue<Scored> best)
      throws IOException {
    LeafReader leaf = context.reader();
    FloatVectorValues vectors = leaf.getFloatVectorValues(ImageFields.VECTOR);
    if (vectors == null) {
      return;
    }
    NumericDocValues norms = DocValues.getNumeric(leaf, ImageFields.NORM);
    Bits live = leaf.getLiveDocs();
    float[] target = query.vector().shared();
    KnnVectorValues.DocIndexIterator iterator = vectors.iterator();
    for (int document = iterator.nextDoc();
        document != DocIdSetIterator.NO_MORE_DOCS;
        document = iterator.nextDoc()) {
      if (live != null && !live.get(document)) {
        continue;
      }
      double cosine = VectorUtil.dotProduct(target, vectors.vectorValue(iterator.index()));
      double score =
          switch (query.metric()) {
            case COSINE -> cosine;
            case EUCLIDEAN -> -squaredDistance(cosine, query.norm(), norm(norms, document));
          };
      if (best.size() < kept) {
        best.add(new Scored(context.docBase + document, score));
      } else if (score > best.element().score()) {
        best.remove();
        best.add(new Scored(context.docBase + document, score));
      }
    }
  }

  private Scored rescored(int document, VectorQuery query) throws IOException {
    LeafReaderContext leaf = leaf(document);
    int inLeaf = document - leaf.docBase;
    double score =
        query
            .metric()
            .score(
                query.vector(),
                query.norm(),
                ImageFields.vector(leaf.reader(), inLeaf),
                ImageFields.norm(leaf.reader(), inLeaf));
    return new Scored(document, score);
  }

  private LeafReaderContext leaf(int document) {
    List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
    return leaves.get(ReaderUtil.subIndex(document, leaves));
  }

  private static double squaredDistance(double cosine, double left, double right) {
    return left * left + right * right - 2 * left * right * cosine;
  }

  private static double norm(NumericDocValues norms, int document) throws IOException {
    if (!norms.advanceExact(document)) {
      throw new IndexException("document " + document + " has no norm: the index is corrupt");
    }
    return Float.intBitsToFloat(Math.toIntExact(norms.longValue()));
  }

  private record Scored(int document, double score) {}
}
