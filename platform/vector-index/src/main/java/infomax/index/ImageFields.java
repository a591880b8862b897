package infomax.index;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FloatDocValuesField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;

/**
 * The fields of a document, written and read in one place. The id is a term, for updates and
 * lookups, and a doc value; the vector is a KNN field with {@code DOT_PRODUCT}; everything else is
 * a doc value. {@link MetadataFields} adds what filters search. A change here or there takes a new
 * {@link IndexSpec#FORMAT}.
 */
final class ImageFields {

  static final String ID = "id";
  static final String DIGEST = "digest";
  static final String FORMAT = "format";
  static final String PARTITION = "partition";
  static final String OFFSET = "offset";
  static final String TIMESTAMP = "timestamp";
  static final String METADATA = "metadata";
  static final String NORM = "norm";
  static final String VECTOR = "vector";

  private ImageFields() {}

  static Term term(ImageId id) {
    return new Term(ID, new BytesRef(id.bytes()));
  }

  static Document document(IndexedImage image) {
    BytesRef id = new BytesRef(image.id().bytes());
    Document document = new Document();
    document.add(new StringField(ID, id, Field.Store.NO));
    document.add(new BinaryDocValuesField(ID, id));
    document.add(
        new BinaryDocValuesField(
            DIGEST, new BytesRef(HexFormat.of().parseHex(image.digest().hex()))));
    document.add(new BinaryDocValuesField(FORMAT, new BytesRef(image.format().mediaType())));
    document.add(new NumericDocValuesField(PARTITION, image.partition()));
    document.add(new NumericDocValuesField(OFFSET, image.offset()));
    document.add(new NumericDocValuesField(TIMESTAMP, image.timestamp().toEpochMilli()));
    document.add(new BinaryDocValuesField(METADATA, new BytesRef(image.metadata().json())));
    document.add(new FloatDocValuesField(NORM, image.norm()));
    document.add(
        new KnnFloatVectorField(
            VECTOR, image.vector().shared(), VectorSimilarityFunction.DOT_PRODUCT));
    MetadataFields.add(document, image.metadata());
    return document;
  }

  /** The live document of an id in this segment, or -1. */
  static int find(LeafReader leaf, ImageId id) throws IOException {
    Terms terms = leaf.terms(ID);
    if (terms == null) {
      return -1;
    }
    TermsEnum ids = terms.iterator();
    if (!ids.seekExact(new BytesRef(id.bytes()))) {
      return -1;
    }
    PostingsEnum documents = ids.postings(null, PostingsEnum.NONE);
    for (int document = documents.nextDoc();
        document != DocIdSetIterator.NO_MORE_DOCS;
        document = documents.nextDoc()) {
      if (leaf.getLiveDocs() == null || leaf.getLiveDocs().get(document)) {
        return document;
      }
    }
    return -1;
  }

  static IndexedImage read(LeafReader leaf, int document) throws IOException {
    return new SegmentImages(leaf).read(document);
  }

  static ImageId id(LeafReader leaf, int document) throws IOException {
    return ImageId.of(bytes(leaf, ID, document));
  }

  static Metadata metadata(LeafReader leaf, int document) throws IOException {
    return Metadata.parse(bytes(leaf, METADATA, document));
  }

  static UnitVector vector(LeafReader leaf, int document) throws IOException {
    return new SegmentImages(leaf).vector(document);
  }

  static float norm(LeafReader leaf, int document) throws IOException {
    return new SegmentImages(leaf).norm(document);
  }

  static Digest digest(byte[] hash) {
    return new Digest(HexFormat.of().formatHex(hash));
  }

  static byte[] copy(BytesRef reference) {
    return Arrays.copyOfRange(
        reference.bytes, reference.offset, reference.offset + reference.length);
  }

  static ImageFormat format(byte[] mediaType) {
    String text = new String(mediaType, java.nio.charset.StandardCharsets.UTF_8);
    return ImageFormat.ofMediaType(text)
        .orElseThrow(() -> new IndexException("format " + text + " is unknown to this version"));
  }

  private static byte[] bytes(LeafReader leaf, String field, int document) throws IOException {
    BinaryDocValues values = DocValues.getBinary(leaf, field);
    if (!values.advanceExact(document)) {
      throw missing(field, document);
    }
    return copy(values.binaryValue());
  }

  static IndexException missing(String field, int document) {
    return new IndexException(
        "document " + document + " has no " + field + ": the index is corrupt");
  }
}
