package infomax.index;

import infomax.events.control.IndexParameters;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * Lucene's codec with a generation's index parameters; a reader needs none of them, since every
 * segment names its format.
 *
 * <p>Both formats keep the vectors as they are, in {@code .vec}, and the graph, in {@code .vex}.
 * The quantised one adds a byte a component, in {@code .veq}, and walks the graph over those alone.
 */
final class IndexCodec extends Lucene104Codec {

  private final KnnVectorsFormat vectors;

  IndexCodec(IndexParameters index) {
    this.vectors =
        switch (index.vectorFormat()) {
          case FLOAT32 -> new Lucene99HnswVectorsFormat(index.maxConn(), index.beamWidth());
          case INT8 ->
              new Lucene104HnswScalarQuantizedVectorsFormat(
                  ScalarEncoding.UNSIGNED_BYTE, index.maxConn(), index.beamWidth());
        };
  }

  @Override
  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
    return vectors;
  }
}
