package infomax.trainer.training;

import infomax.trainer.evaluation.Spread;
import infomax.trainer.export.OnnxExport;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.statistics.VectorSet;
import infomax.trainer.statistics.Whitening;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A network as an ONNX file, with z whitened where its preset asks for it.
 *
 * @param onnx the file
 * @param whitening what is folded into its last layer; empty for nothing
 */
public record WhitenedExport(OnnxFile onnx, Optional<Whitening> whitening) {

  /** Images a whitening is learnt from, where there are as many. */
  public static final int IMAGES_MAX = 5_000;

  /** Share of the mean eigenvalue that is added to the covariance before it is inverted. */
  static final double REGULARISATION = 0.05;

  /** Below this effective rank whitening would only blow up noise. */
  private static final double RANK_MIN = 1.5;

  /**
   * Exports a network.
   *
   * @param properties of the file
   * @param images the whitening is learnt from these; none of them held out
   * @param threads threads of inference
   */
  public static WhitenedExport of(
      Weights weights,
      Preset preset,
      SortedMap<String, String> properties,
      List<byte[]> images,
      int threads) {
    OnnxFile plain = OnnxExport.write(weights, Optional.empty(), properties);
    Optional<Whitening> whitening =
        preset.whitened() ? learn(plain, weights, images, threads) : Optional.empty();
    return new WhitenedExport(
        whitening.isPresent() ? OnnxExport.write(weights, whitening, properties) : plain,
        whitening);
  }

  private static Optional<Whitening> learn(
      OnnxFile plain, Weights weights, List<byte[]> images, int threads) {
    try (EncoderEmbedder embedder = EncoderEmbedder.open(plain, weights.shape(), threads)) {
      VectorSet embeddings = embedder.embed(images);
      Spread spread = Spread.of(embeddings);
      return spread.finite() && spread.effectiveRank() >= RANK_MIN
          ? Optional.of(Whitening.of(embeddings, REGULARISATION))
          : Optional.empty();
    }
  }
}
