package infomax.trainer.training;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.imaging.EncoderPixels;
import infomax.trainer.evaluation.Evaluation;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.statistics.VectorSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Embeds images just as the services do: an ONNX file in ONNX Runtime. Closes its encoder. Not
 * thread-safe.
 */
public final class EncoderEmbedder implements Evaluation.Embedder, AutoCloseable {

  private static final int BATCH = 64;

  private final Encoder encoder;

  private EncoderEmbedder(Encoder encoder) {
    this.encoder = encoder;
  }

  /** Opens an ONNX file. */
  public static EncoderEmbedder open(OnnxFile onnx, NetworkShape shape, int threads) {
    return open(onnx, shape.inputSize(), shape.dimensions(), threads);
  }

  /** Opens an ONNX file whose vectors have any length. */
  static EncoderEmbedder open(OnnxFile onnx, int inputSize, int length, int threads) {
    return new EncoderEmbedder(
        Encoder.open(onnx.bytes(), onnx.digest(), inputSize, length, threads));
  }

  @Override
  public VectorSet embed(List<byte[]> images) {
    List<Embedding> embeddings = new ArrayList<>(images.size());
    for (int begin = 0; begin < images.size(); begin += BATCH) {
      List<EncoderPixels> batch =
          images.subList(begin, Math.min(begin + BATCH, images.size())).stream()
              .map(image -> EncoderPixels.ofBytes(encoder.inputSize(), image))
              .toList();
      embeddings.addAll(encoder.embed(batch));
    }
    return VectorSet.filled(
        embeddings.size(),
        encoder.dimensions(),
        (row, target, offset) ->
            System.arraycopy(
                embeddings.get(row).components(), 0, target, offset, encoder.dimensions()));
  }

  @Override
  public void close() {
    encoder.close();
  }
}
