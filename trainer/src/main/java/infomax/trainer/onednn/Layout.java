package infomax.trainer.onednn;

/** In which order a tensor's values lie. */
public enum Layout {
  /** Whatever suits the primitive. */
  ANY(1),
  /** Feature maps (image, y, x, channel). */
  NHWC(22),
  /** Weights (y, x, input, output). */
  HWIO(28);

  /** {@code dnnl_format_tag_t}. */
  final int code;

  Layout(int code) {
    this.code = code;
  }
}
