package infomax.trainer.release;

import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.imaging.EncoderPixels;
import infomax.trainer.export.OnnxExport;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The network before any training. It is release 0 of a new system, so that searches answer within
 * seconds, and the random weights every candidate is compared with.
 */
public final class UntrainedEncoder {

  /** What a release without training says where others name their preset. */
  public static final String PRESET = "untrained";

  private UntrainedEncoder() {}

  /** Its ONNX file: a function of shape and seed. */
  public static OnnxFile onnx(NetworkShape shape, long seed) {
    // The encoder's values do not depend on the critics, so any preset's do.
    Weights weights = Weights.initial(Preset.named("default").layout(shape), seed);
    return OnnxExport.write(
        weights, Optional.empty(), ReleaseProperties.of(0, PRESET, seed, weights));
  }

  /**
   * Release 0.
   *
   * @param onnx its file, already in the store
   * @param artifacts its further objects, already in the store
   */
  public static EncoderRelease release(
      NetworkShape shape, long seed, OnnxFile onnx, Map<String, Digest> artifacts, Instant now) {
    return new EncoderRelease(
        0,
        onnx.digest(),
        onnx.length(),
        shape.inputSize(),
        shape.dimensions(),
        EncoderPixels.PIPELINE_VERSION,
        Verdict.UNTRAINED,
        List.of(
            "is the untrained network, served until a trained encoder beats it: it knows nothing"
                + " of the images yet"),
        PRESET,
        seed,
        Map.of("preset", PRESET, "seed", Long.toString(seed)),
        null,
        null,
        null,
        List.of(),
        artifacts,
        now);
  }
}
