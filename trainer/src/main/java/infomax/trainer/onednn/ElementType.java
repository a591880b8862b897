package infomax.trainer.onednn;

/** What one value of a tensor is. */
public enum ElementType {
  BFLOAT16(2),
  FLOAT32(3);

  /** {@code dnnl_data_type_t}. */
  final int code;

  ElementType(int code) {
    this.code = code;
  }
}
