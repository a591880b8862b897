package infomax.trainer.training;

import infomax.trainer.export.ExportCheck;
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
 * @param whitening what is folded into it; empty for nothing
 * @param parity what the check found
 * @param heldOut embeddings of the first held-out images as the services compute them, at most
 *     {@value #HELD_OUT_MAX}
 */
record CandidateFile(
    OnnxFile onnx, Optional<Whitening> whitening, ExportCheck.Parity parity, VectorSet heldOut) {

  /** Held-out images that the file is checked and its int8 form is compared on. */
  static final int HELD_OUT_MAX = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(CandidateFile.class);

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
    WhitenedExport export =
        WhitenedExport.of(
            weights,
            order.preset(),
            properties(order, version, weights),
            trainingImages(snapshot, WhitenedExport.IMAGES_MAX),
            threads);
    OnnxFile onnx = export.onnx();
    Optional<Whitening> whitening = export.whitening();
    List<byte[]> images = heldOutImages(snapshot, HELD_OUT_MAX);
    int compared = trained.parity().count();
    VectorSet expected = whitening.map(map -> map.apply(trained.parity())).orElse(trained.parity());
    try (EncoderEmbedder embedder = EncoderEmbedder.open(onnx, weights.shape(), threads)) {
      VectorSet heldOut = embedder.embed(images);
      ExportCheck.Parity parity =
          ExportCheck.verify(
              onnx,
              weights.shape(),
              images.subList(0, compared),
              expected,
              heldOut.range(0, compared));
      LOG.info(
          "export bytes={} whitened={} images={} engine-difference={} tribuo-difference={}",
          onnx.length(),
          whitening.isPresent(),
          parity.images(),
          parity.engineDifference(),
          parity.tribuoDifference());
      return new CandidateFile(onnx, whitening, parity, heldOut);
    }
  }

  /** What a file of this candidate says about itself. */
  static SortedMap<String, String> properties(TrainingOrder order, int version, Weights weights) {
    return ReleaseProperties.of(version, order.preset().name(), order.seed(), weights);
  }

  /** Images that were trained on: in order of their id hash, so as good as drawn. */
  static List<byte[]> trainingImages(TrainingSnapshot snapshot, int max) {
    int begin = snapshot.heldOut();
    return images(snapshot, begin, Math.min(snapshot.images(), begin + max));
  }

  /** Images that were held out. */
  static List<byte[]> heldOutImages(TrainingSnapshot snapshot, int max) {
    return images(snapshot, 0, Math.min(snapshot.heldOut(), max));
  }

  private static List<byte[]> images(TrainingSnapshot snapshot, int begin, int end) {
    List<byte[]> images = new ArrayList<>(end - begin);
    for (int image = begin; image < end; image++) {
      images.add(snapshot.pixels(image));
    }
    return images;
  }
}
