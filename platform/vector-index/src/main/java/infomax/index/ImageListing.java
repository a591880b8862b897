package infomax.index;

import infomax.events.ImageId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Lists images in the order of the bytes of their ids, an order that survives every new
 * publication, or the newest. Few matches are gathered and sorted; among many, ids are gone through
 * in order until enough match. Thread-safe.
 */
final class ImageListing {

  /** Matches up to which all of them are gathered. */
  private static final int GATHERED_MAX = 10_000;

  /** Ids between two looks at the clock; a power of two. */
  private static final int CHECK_EVERY = 1024;

  private final IndexReader reader;

  ImageListing(IndexReader reader) {
    this.reader = reader;
  }

  ImagePage list(Filter filter, @Nullable ImageId after, int limit, Deadline deadline)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    MatchingImages matches = MatchingImages.of(searcher, filter, deadline);
    BytesRef from = after == null ? new BytesRef() : new BytesRef(after.bytes());
    // One more than wanted tells whether there are more.
    List<Integer> documents =
        matches.count() <= GATHERED_MAX
            ? gathered(matches, from, limit + 1)
            : inOrder(matches, from, limit + 1, deadline);
    List<IndexedImage> images = new ArrayList<>();
    for (int document : documents.subList(0, Math.min(limit, documents.size()))) {
      LeafReaderContext leaf = leaf(document);
      images.add(ImageFields.read(leaf.reader(), document - leaf.docBase));
    }
    return new ImagePage(images, matches.count(), documents.size() > limit);
  }

  List<IndexedImage> newest(int count) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    Sort newestFirst = new Sort(new SortField(ImageFields.TIMESTAMP, SortField.Type.LONG, true));
    List<IndexedImage> images = new ArrayList<>();
    for (ScoreDoc found :
        searcher.search(MatchAllDocsQuery.INSTANCE, count, newestFirst).scoreDocs) {
      LeafReaderContext leaf = leaf(found.doc);
      images.add(ImageFields.read(leaf.reader(), found.doc - leaf.docBase));
    }
    return images;
  }

  private List<Integer> gathered(MatchingImages matches, BytesRef after, int limit)
      throws IOException {
    List<Listed> listed = new ArrayList<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      BinaryDocValues ids = DocValues.getBinary(leaf.reader(), ImageFields.ID);
      DocIdSetIterator matching = matches.iterator(leaf);
      for (int document = matching.nextDoc();
          document != DocIdSetIterator.NO_MORE_DOCS;
          document = matching.nextDoc()) {
        if (ids.advanceExact(document) && ids.binaryValue().compareTo(after) > 0) {
          listed.add(new Listed(BytesRef.deepCopyOf(ids.binaryValue()), leaf.docBase + document));
        }
      }
    }
    return listed.stream().sorted().limit(limit).map(Listed::document).toList();
  }

  private List<Integer> inOrder(
      MatchingImages matches, BytesRef after, int limit, Deadline deadline) throws IOException {
    List<Integer> documents = new ArrayList<>();
    Terms terms = MultiTerms.getTerms(reader, ImageFields.ID);
    if (terms == null) {
      return documents;
    }
    TermsEnum ids = terms.iterator();
    if (ids.seekCeil(after) == TermsEnum.SeekStatus.END) {
      return documents;
    }
    int seen = 0;
    for (BytesRef id = ids.term(); id != null && documents.size() < limit; id = ids.next()) {
      if ((seen++ & (CHECK_EVERY - 1)) == 0) {
        deadline.check();
      }
      if (!id.equals(after)) {
        addMatching(ids, matches, documents);
      }
    }
    return documents;
  }

  /** An id has postings of replaced versions too; only the live one can match. */
  private void addMatching(TermsEnum ids, MatchingImages matches, List<Integer> documents)
      throws IOException {
    DocIdSetIterator versions = ids.postings(null, PostingsEnum.NONE);
    for (int document = versions.nextDoc();
        document != DocIdSetIterator.NO_MORE_DOCS;
        document = versions.nextDoc()) {
      LeafReaderContext leaf = leaf(document);
      if (matches.contains(leaf, document - leaf.docBase)) {
        documents.add(document);
      }
    }
  }

  private LeafReaderContext leaf(int document) {
    return reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
  }

  private record Listed(BytesRef id, int document) implements Comparable<Listed> {
    @Override
    public int compareTo(Listed other) {
      return id.compareTo(other.id);
    }
  }
}
