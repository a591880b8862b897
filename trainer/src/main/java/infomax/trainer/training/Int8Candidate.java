package infomax.trainer.training;

import infomax.encoder.EncoderException;
import infomax.events.Json;
import infomax.events.control.Int8Variant;
import infomax.store.ObjectStore;
import infomax.trainer.evaluation.Overlap;
import infomax.trainer.export.Int8Export;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.release.GoldenImages;
import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.statistics.VectorSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The int8 file of a candidate, calibrated on images it was trained on and compared with its
 * float32 file on the held-out ones.
 *
 * @param offer the file and what it gives for the golden images; empty if it is not offered
 * @param recallAt10 share of the float32 file's ten nearest that this one finds too
 * @param cosineMean mean cosine with the float32 file's embeddings
 * @param reason why it is offered or is not
 */
record Int8Candidate(Optional<Offer> offer, double recallAt10, double cosineMean, String reason) {

  /** Least recall@10 of a file that is offered. */
  static final double RECALL_MIN = 0.98;

  private static final Logger LOG = LoggerFactory.getLogger(Int8Candidate.class);
  private static final int K = 10;
  private static final int CALIBRATION_IMAGES_MAX = 256;

  /**
   * What is offered.
   *
   * @param onnx the file
   * @param golden images with its vectors
   */
  record Offer(OnnxFile onnx, GoldenImages golden) {}

  /** Makes the file and measures it; never fails for a file that cannot be used. */
  static Int8Candidate of(
      Weights weights,
      CandidateFile file,
      TrainingOrder order,
      int version,
      TrainingSnapshot snapshot,
      int threads) {
    List<byte[]> images = CandidateFile.heldOutImages(snapshot, CandidateFile.HELD_OUT_MAX);
    if (images.size() <= K) {
      return refused("%d images are held out, expected more than %d".formatted(images.size(), K));
    }
    try {
      OnnxFile onnx =
          Int8Export.write(
              weights,
              file.whitening(),
              Int8Calibration.ranges(
                  weights, CandidateFile.trainingImages(snapshot, CALIBRATION_IMAGES_MAX), threads),
              CandidateFile.properties(order, version, weights));
      return judged(onnx, file.heldOut(), weights.shape(), images, threads);
    } catch (EncoderException e) {
      return refused("the int8 file cannot be used: " + e.getMessage());
    }
  }

  /**
   * Compares an int8 file with the float32 file it was made of.
   *
   * @param expected what that one gives for the images
   */
  static Int8Candidate judged(
      OnnxFile onnx, VectorSet expected, NetworkShape shape, List<byte[]> images, int threads) {
    VectorSet found;
    try (EncoderEmbedder embedder = EncoderEmbedder.open(onnx, shape, threads)) {
      found = embedder.embed(images);
    }
    double recall = Overlap.at(K, expected, found);
    double cosine = Overlap.meanCosine(expected, found);
    boolean offered = recall >= RECALL_MIN;
    String reason =
        String.format(
            Locale.ROOT,
            "recall@10 of its neighbours against float32 is %.3f on %d held-out images, cosine"
                + " %.4f; at least %.2f is needed",
            recall,
            images.size(),
            cosine,
            RECALL_MIN);
    LOG.info("int8 offered={} bytes={} {}", offered, onnx.length(), reason);
    if (!offered) {
      return new Int8Candidate(Optional.empty(), recall, cosine, reason);
    }
    int golden = Math.min(Artifacts.GOLDEN_IMAGES, images.size());
    GoldenImages withVectors =
        GoldenImages.of(shape.inputSize(), images.subList(0, golden), found.range(0, golden));
    return new Int8Candidate(Optional.of(new Offer(onnx, withVectors)), recall, cosine, reason);
  }

  private static Int8Candidate refused(String reason) {
    LOG.info("int8 offered=false {}", reason);
    return new Int8Candidate(Optional.empty(), 0, 0, reason);
  }

  /** Stores the files of what is offered. */
  Int8Variant stored(ObjectStore store) {
    return offer
        .map(
            files ->
                new Int8Variant(
                    store.put(files.onnx().bytes()),
                    files.onnx().length(),
                    store.put(Json.write(files.golden())),
                    recallAt10,
                    cosineMean,
                    reason))
        .orElseGet(() -> Int8Variant.refused(recallAt10, cosineMean, reason));
  }
}
