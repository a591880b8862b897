package infomax.encoder;

/** Where an encoder runs: the setting {@code encoder.device}. */
public enum EncoderDevice {
  /** On a CUDA device where ONNX Runtime has one, else on the processor. */
  AUTO,

  /** On the processor. */
  CPU,

  /** On the first CUDA device; on the processor, with a warning, where there is none. */
  CUDA
}
