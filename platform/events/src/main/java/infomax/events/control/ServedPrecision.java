package infomax.events.control;

/**
 * Which of its ONNX files an encoder release is served with: the setting {@code encoder.precision}.
 */
public enum ServedPrecision {
  /** The file as it was trained; every release has one. */
  FLOAT32,

  /** The file with bytes for weights and activations, where a release offers one. */
  INT8
}
