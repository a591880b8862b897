package infomax.trainer.export;

import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import java.util.List;

/**
 * A convolution with the batch normalisation after it folded in: kernel and bias in ONNX order, so
 * that inference normalises nothing. Owns its arrays.
 */
final class FoldedConvolution {

  private final Convolution convolution;
  private final float[] kernel;
  private final float[] bias;

  private FoldedConvolution(Convolution convolution, float[] kernel, float[] bias) {
    this.convolution = convolution;
    this.kernel = kernel;
    this.bias = bias;
  }

  /** Folds with the running statistics: scale / sqrt(variance + epsilon) goes into the kernel. */
  static FoldedConvolution of(Weights weights, Convolution convolution) {
    int i = convolution.ordinal();
    int in = convolution.inputChannels();
    int out = convolution.outputChannels();
    float[] source = weights.tensor("conv" + i + ".w");
    float[] scale = weights.tensor("bn" + i + ".g");
    float[] shift = weights.tensor("bn" + i + ".b");
    float[] mean = weights.statistics().mean(i);
    float[] variance = weights.statistics().variance(i);
    int taps = Convolution.KERNEL * Convolution.KERNEL;
    float[] kernel = new float[source.length];
    float[] bias = new float[out];
    for (int o = 0; o < out; o++) {
      double factor = scale[o] / Math.sqrt((double) variance[o] + NetworkShape.NORM_EPSILON);
      bias[o] = (float) (shift[o] - mean[o] * factor);
      for (int c = 0; c < in; c++) {
        for (int tap = 0; tap < taps; tap++) {
          kernel[(o * in + c) * taps + tap] = (float) (source[(tap * in + c) * out + o] * factor);
        }
      }
    }
    return new FoldedConvolution(convolution, kernel, bias);
  }

  Convolution convolution() {
    return convolution;
  }

  /** Extents of the kernel: out, in, rows, columns. */
  List<Integer> extents() {
    return List.of(
        convolution.outputChannels(),
        convolution.inputChannels(),
        Convolution.KERNEL,
        Convolution.KERNEL);
  }

  /** A copy of the kernel, (out, in, row, column). */
  float[] kernel() {
    return kernel.clone();
  }

  /** A copy of the bias, one value per output channel. */
  float[] bias() {
    return bias.clone();
  }
}
