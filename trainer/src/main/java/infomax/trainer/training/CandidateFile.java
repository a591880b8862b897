package infomax.trainer.training;

import infomax.trainer.evaluation.Spread;
import infomax.trainer.export.ExportCheck;
import infomax.trainer.export.OnnxExport;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.Weights;
import infomax.trainer.release.ReleaseProperties;
import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.statistics.VectorSet;
import infomax.trainer.statistics.Whitening;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ONNX file of a trained network: whitened where the preset asks for it, and checked against
 * the engine that trained it.
 *
 * @param onnx the file
 * @param whitened whether a whitening is folded into it
 * @param parity what the check found
 */
record CandidateFile(OnnxFile onnx, boolean whitened, ExportCheck.Parity parity) {

  /** Share of the mean eigenvalue that is added to the covariance before it is inverted. */
  static final double WHITENING_REGULARISATION = 0.05;

  private static final Logger LOG = LoggerFactory.getLogger(CandidateFile.class);
  private static final int WHITENING_IMAGES_MAX = 1_500;

  /** Below this effective rank whitening would only blow up noise. */
  private static final double WHITENING_RANK_MIN = 1.5;

  /**
   * Exports a network.
   *
   * @param version of the release it is for
   * @throws IOException if the file does not compute what the engine does
   */
  static CandidateFile of(
      TrainedNetwork trained,
      TrainingOrder order,
      int version,
      TrainingSnapshot snapshot,
      int threads)
      throws IOException {
    Weights weights = trained.weights();
    SortedMap<String, String> properties =
        ReleaseProperties.of(version, order.preset().name(), order.seed(), weights);
    OnnxFile plain = OnnxExport.write(weights, Optional.empty(), properties);
    Optional<Whitening> whitening =
        whitens(order) ? learn(plain, weights, snapshot, threads) : Optional.empty();
    OnnxFile onnx =
        whitening.isPresent() ? OnnxExport.write(weights, whitening, properties) : plain;
    List<byte[]> images = images(snapshot, 0, trained.parity().count());
    VectorSet expected = whitening.map(map -> map.apply(trained.parity())).orElse(trained.parity());
    try (EncoderEmbedder embedder = EncoderEmbedder.open(onnx, weights.shape(), threads)) {
      ExportCheck.Parity parity =
          ExportCheck.verify(onnx, weights.shape(), images, expected, embedder.embed(images));
      LOG.info(
          "export bytes={} whitened={} images={} engine-difference={} tribuo-difference={}",
          onnx.length(),
          whitening.isPresent(),
          parity.images(),
          parity.engineDifference(),
          parity.tribuoDifference());
      return new CandidateFile(onnx, whitening.isPresent(), parity);
    }
  }

  /** The preset {@code seed} is the published recipe, which knows no whitening. */
  private static boolean whitens(TrainingOrder order) {
    return !order.preset().name().equals("seed");
  }

  private static Optional<Whitening> learn(
      OnnxFile plain, Weights weights, TrainingSnapshot snapshot, int threads) {
    int end = Math.min(snapshot.images(), snapshot.heldOut() + WHITENING_IMAGES_MAX);
    try (EncoderEmbedder embedder = EncoderEmbedder.open(plain, weights.shape(), threads)) {
      VectorSet embeddings = embedder.embed(images(snapshot, snapshot.heldOut(), end));
      Spread spread = Spread.of(embeddings);
      return spread.finite() && spread.effectiveRank() >= WHITENING_RANK_MIN
          ? Optional.of(Whitening.of(embeddings, WHITENING_REGULARISATION))
          : Optional.empty();
    }
  }

  private static List<byte[]> images(TrainingSnapshot snapshot, int begin, int end) {
    List<byte[]> images = new ArrayList<>(end - begin);
    for (int image = begin; image < end; image++) {
      images.add(snapshot.pixels(image));
    }
    return images;
  }
}
