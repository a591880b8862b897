package infomax.index;

import infomax.events.ImageId;
import infomax.events.image.Metadata;
import java.io.IOException;
import java.time.Instant;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.jspecify.annotations.Nullable;

/**
 * Reads images of one segment in the ascending order of their documents, which every field may be
 * asked for once. Opening a field costs more than reading a value of it, so that whoever reads
 * several images opens the fields once. Lives as long as one search; not thread-safe.
 */
final class SegmentImages {

  private final LeafReader leaf;
  private @Nullable FloatVectorValues vectors;
  private KnnVectorValues.@Nullable DocIndexIterator ordinals;
  private @Nullable NumericDocValues norms;
  private @Nullable Others others;

  /** The fields that only a hit needs. */
  private record Others(
      BinaryDocValues ids,
      BinaryDocValues digests,
      BinaryDocValues formats,
      BinaryDocValues metadata,
      NumericDocValues partitions,
      NumericDocValues offsets,
      NumericDocValues timestamps) {

    static Others of(LeafReader leaf) throws IOException {
      return new Others(
          DocValues.getBinary(leaf, ImageFields.ID),
          DocValues.getBinary(leaf, ImageFields.DIGEST),
          DocValues.getBinary(leaf, ImageFields.FORMAT),
          DocValues.getBinary(leaf, ImageFields.METADATA),
          DocValues.getNumeric(leaf, ImageFields.PARTITION),
          DocValues.getNumeric(leaf, ImageFields.OFFSET),
          DocValues.getNumeric(leaf, ImageFields.TIMESTAMP));
    }
  }

  SegmentImages(LeafReader leaf) {
    this.leaf = leaf;
  }

  /** Everything about an image. */
  IndexedImage read(int document) throws IOException {
    Others fields = others;
    if (fields == null) {
      fields = Others.of(leaf);
      others = fields;
    }
    return new IndexedImage(
        ImageId.of(bytes(fields.ids, ImageFields.ID, document)),
        ImageFields.digest(bytes(fields.digests, ImageFields.DIGEST, document)),
        ImageFields.format(bytes(fields.formats, ImageFields.FORMAT, document)),
        Math.toIntExact(number(fields.partitions, ImageFields.PARTITION, document)),
        number(fields.offsets, ImageFields.OFFSET, document),
        Instant.ofEpochMilli(number(fields.timestamps, ImageFields.TIMESTAMP, document)),
        Metadata.parse(bytes(fields.metadata, ImageFields.METADATA, document)),
        vector(document),
        norm(document));
  }

  /** The direction of an image's embedding. */
  UnitVector vector(int document) throws IOException {
    FloatVectorValues values = vectors;
    KnnVectorValues.DocIndexIterator iterator = ordinals;
    if (values == null || iterator == null) {
      values = leaf.getFloatVectorValues(ImageFields.VECTOR);
      iterator = values == null ? null : values.iterator();
      vectors = values;
      ordinals = iterator;
    }
    if (values == null || iterator == null || iterator.advance(document) != document) {
      throw ImageFields.missing(ImageFields.VECTOR, document);
    }
    return UnitVector.owning(values.vectorValue(iterator.index()).clone());
  }

  /** The length of an image's embedding. */
  float norm(int document) throws IOException {
    NumericDocValues values = norms;
    if (values == null) {
      values = DocValues.getNumeric(leaf, ImageFields.NORM);
      norms = values;
    }
    return Float.intBitsToFloat(Math.toIntExact(number(values, ImageFields.NORM, document)));
  }

  private static byte[] bytes(BinaryDocValues values, String field, int document)
      throws IOException {
    if (!values.advanceExact(document)) {
      throw ImageFields.missing(field, document);
    }
    return ImageFields.copy(values.binaryValue());
  }

  private static long number(NumericDocValues values, String field, int document)
      throws IOException {
    if (!values.advanceExact(document)) {
      throw ImageFields.missing(field, document);
    }
    return values.longValue();
  }
}
