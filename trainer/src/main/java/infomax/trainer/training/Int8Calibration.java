package infomax.trainer.training;

import infomax.trainer.export.ActivationRanges;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import java.util.List;

/** Learns which numbers flow through a network, in ONNX Runtime as the services run it. */
public final class Int8Calibration {

  private Int8Calibration() {}

  /**
   * The ranges that some images have.
   *
   * @param images 3 x s x s bytes each; none of them held out
   * @param threads threads of inference
   */
  public static ActivationRanges ranges(Weights weights, List<byte[]> images, int threads) {
    NetworkShape shape = weights.shape();
    try (EncoderEmbedder probe =
        EncoderEmbedder.open(
            ActivationRanges.probe(weights),
            shape.inputSize(),
            ActivationRanges.probeLength(shape),
            threads)) {
      return ActivationRanges.of(probe.embed(images));
    }
  }
}
