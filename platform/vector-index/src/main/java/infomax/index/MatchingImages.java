package infomax.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreScorerSupplier;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** The live documents that match a filter, one bit each; found once, then counted and searched. */
final class MatchingImages {

  /** Documents between two looks at the clock; a power of two. */
  private static final int CHECK_EVERY = 4096;

  private final List<FixedBitSet> byLeaf;
  private final int count;

  private MatchingImages(List<FixedBitSet> byLeaf, int count) {
    this.byLeaf = byLeaf;
    this.count = count;
  }

  static MatchingImages of(IndexSearcher searcher, Filter filter, Deadline deadline)
      throws IOException {
    Weight weight =
        searcher.createWeight(
            searcher.rewrite(MetadataFields.query(filter)), ScoreMode.COMPLETE_NO_SCORES, 1);
    List<FixedBitSet> byLeaf = new ArrayList<>();
    int count = 0;
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      FixedBitSet bits = bits(leaf, weight, deadline);
      byLeaf.add(bits);
      count += bits.cardinality();
    }
    return new MatchingImages(byLeaf, count);
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** True if this document of a segment is one of them. */
  boolean contains(LeafReaderContext leaf, int document) {
    return byLeaf.get(leaf.ord).get(document);
  }

  /** Those of a segment. */
  DocIdSetIterator iterator(LeafReaderContext leaf) {
    FixedBitSet bits = byLeaf.get(leaf.ord);
    return new BitSetIterator(bits, bits.cardinality());
  }

  /** These documents as a query, valid for the same reader only. */
  Query asQuery() {
    return new BitsQuery(this);
  }

  private static FixedBitSet bits(LeafReaderContext leaf, Weight weight, Deadline deadline)
      throws IOException {
    FixedBitSet bits = new FixedBitSet(leaf.reader().maxDoc());
    Scorer scorer = weight.scorer(leaf);
    if (scorer == null) {
      return bits;
    }
    Bits live = leaf.reader().getLiveDocs();
    DocIdSetIterator matching = scorer.iterator();
    int seen = 0;
    for (int document = matching.nextDoc();
        document != DocIdSetIterator.NO_MORE_DOCS;
        document = matching.nextDoc()) {
      if ((seen++ & (CHECK_EVERY - 1)) == 0) {
        deadline.check();
      }
      if (live == null || live.get(document)) {
        bits.set(document);
      }
    }
    return bits;
  }

  /** Equal to itself only, since it stands for bits of one reader. */
  private static final class BitsQuery extends Query {
    private final MatchingImages matches;

    BitsQuery(MatchingImages matches) {
      this.matches = matches;
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
      return new ConstantScoreWeight(this, boost) {
        @Override
        public ScorerSupplier scorerSupplier(LeafReaderContext leaf) {
          return ConstantScoreScorerSupplier.fromIterator(
              matches.iterator(leaf), score(), mode, leaf.reader().maxDoc());
        }

        @Override
        public boolean isCacheable(LeafReaderContext leaf) {
          return false;
        }
      };
    }

    @Override
    public String toString(String field) {
      return "matching[" + matches.count + "]";
    }

    @Override
    public void visit(QueryVisitor visitor) {
      visitor.visitLeaf(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
