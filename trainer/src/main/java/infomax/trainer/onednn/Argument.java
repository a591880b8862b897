package infomax.trainer.onednn;

/**
 * A tensor in its role for a primitive.
 *
 * @param code {@code DNNL_ARG_...}
 */
record Argument(int code, Tensor tensor) {

  static final int FROM = 1;
  static final int TO = 17;
  static final int SOURCE = 1;
  static final int DESTINATION = 17;
  static final int WEIGHTS = 33;
  static final int SOURCE_GRADIENT = 129;
  static final int DESTINATION_GRADIENT = 145;
  static final int WEIGHTS_GRADIENT = 161;
}
