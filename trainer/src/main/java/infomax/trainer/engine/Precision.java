package infomax.trainer.engine;

/** What convolutions and matrix products multiply; everything else is single precision. */
public enum Precision {
  /** Single precision. */
  FLOAT32,
  /** Sixteen bits with the exponent of single precision, where the device has it. */
  BFLOAT16
}
