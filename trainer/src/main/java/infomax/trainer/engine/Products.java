package infomax.trainer.engine;

import infomax.trainer.network.Convolution;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * ND4J operations bound to their buffers once, to be executed in every step. These three run
 * through oneDNN; ND4J's other ways to the same products are up to ten times slower.
 */
final class Products {

  private static final int SAME_PADDING = 1;
  private static final int CHANNELS_LAST = 1;
  private static final int WEIGHTS_YXIO = 0;

  private Products() {}

  /** out = left . right. */
  static CustomOp product(INDArray left, INDArray right, INDArray out) {
    return matmul(left, right, out, 0, 0);
  }

  /** out = left^T . right. */
  static CustomOp transposedLeft(INDArray left, INDArray right, INDArray out) {
    return matmul(left, right, out, 1, 0);
  }

  /** out = left . right^T. */
  static CustomOp transposedRight(INDArray left, INDArray right, INDArray out) {
    return matmul(left, right, out, 0, 1);
  }

  /** 3x3 convolution, stride 1, same padding; images (n, y, x, channel), weights YXIO. */
  static CustomOp convolution(INDArray in, INDArray weights, INDArray out) {
    return DynamicCustomOp.builder("conv2d")
        .addInputs(in, weights)
        .addOutputs(out)
        .addIntegerArguments(convolutionArguments())
        .build();
  }

  /** Gradients of {@link #convolution} with respect to its input and its weights. */
  static CustomOp convolutionGradient(
      INDArray in,
      INDArray weights,
      INDArray outGradient,
      INDArray inGradient,
      INDArray weightGradient) {
    return DynamicCustomOp.builder("conv2d_bp")
        .addInputs(in, weights, outGradient)
        .addOutputs(inGradient, weightGradient)
        .addIntegerArguments(convolutionArguments())
        .build();
  }

  private static int[] convolutionArguments() {
    int kernel = Convolution.KERNEL;
    int stride = 1;
    int padding = 0;
    int dilation = 1;
    return new int[] {
      kernel,
      kernel,
      stride,
      stride,
      padding,
      padding,
      dilation,
      dilation,
      SAME_PADDING,
      CHANNELS_LAST,
      WEIGHTS_YXIO
    };
  }

  private static CustomOp matmul(
      INDArray left, INDArray right, INDArray out, int transposeLeft, int transposeRight) {
    return DynamicCustomOp.builder("matmul")
        .addInputs(left, right)
        .addOutputs(out)
        .addIntegerArguments(transposeLeft, transposeRight, 0)
        .build();
  }
}
