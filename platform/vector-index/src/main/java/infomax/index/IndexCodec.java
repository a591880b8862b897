package infomax.index;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;

/** Lucene's codec with a generation's graph parameters; a reader needs none of them. */
final class IndexCodec extends Lucene104Codec {

  private final KnnVectorsFormat vectors;

  IndexCodec(int maxConn, int beamWidth) {
    this.vectors = new Lucene99HnswVectorsFormat(maxConn, beamWidth);
  }

  @Override
  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
    return vectors;
  }
}
