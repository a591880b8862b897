package infomax.trainer.export;

/**
 * A convolution's kernel in signed bytes, with a scale of its own for each output channel, and its
 * bias in the units of the sums. Owns its arrays.
 *
 * <p>Weights span -63 to 63 only: processors without VNNI add two products of byte and weight in 16
 * bits, which then cannot overflow, so that every processor computes the same.
 */
final class EightBitKernel {

  private static final int WEIGHT_MAX = 63;

  private final byte[] weights;
  private final float[] scales;
  private final int[] biases;
  private final float[] biasScales;

  private EightBitKernel(byte[] weights, float[] scales, int[] biases, float[] biasScales) {
    this.weights = weights;
    this.scales = scales;
    this.biases = biases;
    this.biasScales = biasScales;
  }

  /**
   * A kernel for an input told by bytes.
   *
   * @param input how the input is told
   * @param shift what has been added to every number of the input; taken off again in the bias
   */
  static EightBitKernel of(FoldedConvolution folded, EightBits input, float shift) {
    float[] kernel = folded.kernel();
    float[] bias = folded.bias();
    int perChannel = kernel.length / bias.length;
    byte[] weights = new byte[kernel.length];
    float[] scales = new float[bias.length];
    float[] biasScales = new float[bias.length];
    int[] biases = new int[bias.length];
    for (int channel = 0; channel < bias.length; channel++) {
      int begin = channel * perChannel;
      int end = begin + perChannel;
      float largest = 0;
      for (int i = begin; i < end; i++) {
        largest = Math.max(largest, Math.abs(kernel[i]));
      }
      float scale = largest > 0 ? largest / WEIGHT_MAX : 1;
      double sum = 0;
      for (int i = begin; i < end; i++) {
        weights[i] = (byte) Math.round(kernel[i] / scale);
        sum += weights[i] * (double) scale;
      }
      scales[channel] = scale;
      biasScales[channel] = scale * input.scale();
      biases[channel] = (int) Math.round((bias[channel] - shift * sum) / biasScales[channel]);
    }
    return new EightBitKernel(weights, scales, biases, biasScales);
  }

  /** A copy of the weights, (out, in, row, column). */
  byte[] weights() {
    return weights.clone();
  }

  /** A copy of the scale of each output channel's weights. */
  float[] scales() {
    return scales.clone();
  }

  /** A copy of the biases. */
  int[] biases() {
    return biases.clone();
  }

  /** A copy of the scale of each output channel's bias. */
  float[] biasScales() {
    return biasScales.clone();
  }
}
