package infomax.trainer.release;

import infomax.imaging.EncoderPixels;
import infomax.trainer.network.Pooling;
import infomax.trainer.network.Weights;
import java.util.SortedMap;
import java.util.TreeMap;

/** What an ONNX file says about itself, so that one found without its release is no riddle. */
public final class ReleaseProperties {

  private ReleaseProperties() {}

  /** The properties of a release's file. */
  public static SortedMap<String, String> of(
      int version, String preset, long seed, Weights weights) {
    SortedMap<String, String> properties = new TreeMap<>();
    properties.put("infomax.release", Integer.toString(version));
    properties.put("infomax.preset", preset);
    properties.put("infomax.seed", Long.toString(seed));
    properties.put("infomax.weights", weights.digest());
    properties.put("infomax.input-size", Integer.toString(weights.shape().inputSize()));
    properties.put("infomax.dimensions", Integer.toString(weights.shape().dimensions()));
    if (weights.shape().pooling() != Pooling.MAX) {
      properties.put("infomax.pooling", weights.shape().pooling().text());
    }
    properties.put("infomax.pixel-pipeline", Integer.toString(EncoderPixels.PIPELINE_VERSION));
    return properties;
  }
}
