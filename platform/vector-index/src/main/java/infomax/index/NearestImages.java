package infomax.index;

import infomax.events.ImageId;
import infomax.index.HitPicker.Scored;
import infomax.index.SearchAnswer.Path;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * Finds the nearest images: candidates by Lucene's graph or by a scan of the vectors in single
 * precision, then the score of each candidate in double precision from the stored vectors. Both
 * ways thus give the same image the same score.
 *
 * <p>Where few images match a filter a scan of just those is both exact and faster than the graph,
 * which would be walked mostly over images that do not match. Thread-safe.
 */
final class NearestImages {

  /** Matches up to which they are scanned; about a millisecond of work. */
  static final int SCANNED_MATCHES_MAX = 10_000;

  /**
   * How many more than needed are kept, so that rounding in single precision cannot push a true hit
   * out.
   */
  private static final int SCAN_SLACK = 16;

  /** Documents between two looks at the clock; a power of two. */
  private static final int CHECK_EVERY = 4096;

  /** Growth of the candidates where they hold too few groups. */
  private static final int MORE_CANDIDATES = 4;

  private final IndexReader reader;
  private final int scannedMatchesMax;

  NearestImages(IndexReader reader, int scannedMatchesMax) {
    this.reader = reader;
    this.scannedMatchesMax = scannedMatchesMax;
  }

  SearchAnswer search(VectorQuery query, LongConsumer fetchNanos) throws IOException {
    Deadline deadline = query.effort().deadline();
    IndexSearcher searcher = new IndexSearcher(reader);
    // A query is answered once; caching its parts would only cost.
    searcher.setQueryCache(null);
    searcher.setTimeout(deadline::isOver);
    Filter filter = filter(query);
    MatchingImages matches =
        filter.isEmpty() ? null : MatchingImages.of(searcher, filter, deadline);
    boolean scanned =
        query.effort().exact() || (matches != null && matches.count() <= scannedMatchesMax);
    HitPicker picker = new HitPicker(reader, query);
    Set<Integer> excluded = documents(query.excluded());
    int candidates = query.effort().candidates();
    long visited = 0;
    while (true) {
      Pool pool =
          scanned
              ? scan(query, matches, excluded, candidates)
              : graph(searcher, query, matches, excluded, candidates);
      deadline.check();
      visited += pool.visited();
      boolean all = pool.candidates().size() < candidates || candidates == Effort.CANDIDATES_MAX;
      if (picker.pick(pool.candidates()) || all) {
        fetchNanos.accept(picker.fetchNanos());
        return new SearchAnswer(
            picker.hits(),
            picker.groups(),
            scanned ? Path.SCAN : Path.GRAPH,
            matches == null ? OptionalLong.empty() : OptionalLong.of(matches.count()),
            visited);
      }
      candidates = Math.min(Effort.CANDIDATES_MAX, candidates * MORE_CANDIDATES);
    }
  }

  /** Only images with the key can be in a group. */
  private static Filter filter(VectorQuery query) {
    Selection.Grouping grouping = query.selection().grouping();
    return grouping == null
        ? query.filter()
        : query.filter().and(new Condition.Exists(grouping.key()));
  }

  /** True if the graph's score, in single precision, orders candidates as the query's does. */
  private static boolean ranksByGraph(VectorQuery query) {
    return query.metric() == Metric.COSINE
        && query.positive().size() == 1
        && query.negative().isEmpty()
        && !query.selection().needsPool();
  }

  /** Candidates along the graph; those of several positive examples together. */
  private Pool graph(
      IndexSearcher searcher,
      VectorQuery query,
      @Nullable MatchingImages matches,
      Set<Integer> excluded,
      int candidates)
      throws IOException {
    Query among = matches == null ? null : matches.asQuery();
    int wanted = Math.min(Effort.CANDIDATES_MAX, candidates + excluded.size());
    Map<Integer, Double> found = new HashMap<>();
    long visited = 0;
    for (QueryVector example : query.positive()) {
      CountingQuery nearest =
          new CountingQuery(ImageFields.VECTOR, example.direction().shared(), wanted, among);
      for (ScoreDoc each : searcher.search(nearest, wanted).scoreDocs) {
        found.put(each.doc, (double) each.score);
      }
      visited += nearest.visited();
      query.effort().deadline().check();
    }
    found.keySet().removeAll(excluded);
    List<Scored> pool = new ArrayList<>(found.size());
    found.forEach((document, score) -> pool.add(new Scored(document, score)));
    if (ranksByGraph(query)) {
      pool.sort(HitPicker.BEST_FIRST);
      int kept = Math.min(pool.size(), query.selection().reach() + SCAN_SLACK);
      return new Pool(pool.subList(0, kept), visited);
    }
    return new Pool(pool, visited);
  }

  /** The best by a look at every image that matches. */
  private Pool scan(
      VectorQuery query, @Nullable MatchingImages matches, Set<Integer> excluded, int candidates)
      throws IOException {
    Selection selection = query.selection();
    int kept = (selection.needsPool() ? candidates : selection.reach()) + SCAN_SLACK;
    PriorityQueue<Scored> best = new PriorityQueue<>(HitPicker.BEST_FIRST.reversed());
    Scoring scoring = Scoring.of(query);
    long visited = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      LeafScan scan = new LeafScan(leaf, scoring, kept, best);
      if (matches == null) {
        scan.all(excluded, query.effort().deadline());
      } else {
        scan.matching(matches, excluded, query.effort().deadline());
      }
      visited += scan.scored;
    }
    return new Pool(List.copyOf(best), visited);
  }

  private Set<Integer> documents(Set<ImageId> images) throws IOException {
    Set<Integer> documents = new HashSet<>();
    for (ImageId id : images) {
      for (LeafReaderContext leaf : reader.leaves()) {
        int document = ImageFields.find(leaf.reader(), id);
        if (document >= 0) {
          documents.add(leaf.docBase + document);
        }
      }
    }
    return documents;
  }

  /**
   * What hits are picked from.
   *
   * @param candidates in no particular order
   * @param visited vectors that were looked at to find them
   */
  private record Pool(List<Scored> candidates, long visited) {}

  /** The scan of one segment into the best so far. */
  private static final class LeafScan {
    private final LeafReaderContext leaf;
    private final Scoring scoring;
    private final int kept;
    private final PriorityQueue<Scored> best;
    private long scored;

    LeafScan(LeafReaderContext leaf, Scoring scoring, int kept, PriorityQueue<Scored> best) {
      this.leaf = leaf;
      this.scoring = scoring;
      this.kept = kept;
      this.best = best;
    }

    void all(Set<Integer> excluded, Deadline deadline) throws IOException {
      scan(null, leaf.reader().getLiveDocs(), excluded, deadline);
    }

    void matching(MatchingImages matches, Set<Integer> excluded, Deadline deadline)
        throws IOException {
      scan(matches.iterator(leaf), null, excluded, deadline);
    }

    private void scan(
        @Nullable DocIdSetIterator matching,
        @Nullable Bits live,
        Set<Integer> excluded,
        Deadline deadline)
        throws IOException {
      LeafReader segment = leaf.reader();
      FloatVectorValues vectors = segment.getFloatVectorValues(ImageFields.VECTOR);
      if (vectors == null) {
        return;
      }
      NumericDocValues norms = DocValues.getNumeric(segment, ImageFields.NORM);
      KnnVectorValues.DocIndexIterator ordinals = vectors.iterator();
      DocIdSetIterator documents = matching == null ? ordinals : matching;
      int seen = 0;
      for (int document = documents.nextDoc();
          document != DocIdSetIterator.NO_MORE_DOCS;
          document = documents.nextDoc()) {
        if ((seen++ & (CHECK_EVERY - 1)) == 0) {
          deadline.check();
        }
        if ((live != null && !live.get(document))
            || (!excluded.isEmpty() && excluded.contains(leaf.docBase + document))
            || (matching != null && ordinals.advance(document) != document)) {
          continue;
        }
        offer(document, vectors.vectorValue(ordinals.index()), norm(norms, document));
      }
    }

    private void offer(int document, float[] vector, double norm) {
      double score = scoring.roughScore(vector, norm);
      scored++;
      if (best.size() < kept) {
        best.add(new Scored(leaf.docBase + document, score));
      } else if (score > best.element().score()) {
        best.remove();
        best.add(new Scored(leaf.docBase + document, score));
      }
    }

    private static double norm(NumericDocValues norms, int document) throws IOException {
      if (!norms.advanceExact(document)) {
        throw new IndexException("document " + document + " has no norm: the index is corrupt");
      }
      return Float.intBitsToFloat(Math.toIntExact(norms.longValue()));
    }
  }
}
