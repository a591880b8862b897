package infomax.trainer.engine;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Convolutions in a precision, matrix products in single precision; what goes in and comes out is
 * single precision.
 *
 * @param precision of what convolutions multiply
 */
record TorchProducts(Precision precision) {

  private static final long[] ONE = {1, 1};

  /** Stride 1, zero padding, 3x3; weights are (row, column, in, out), the layout's order. */
  Tensor convolve(Tensor images, Tensor weights) {
    Tensor kernel = weights.permute(3, 2, 0, 1).contiguous(MemoryFormat.ChannelsLast);
    return widened(
        torch.conv2d(narrowed(images), narrowed(kernel), new TensorOptional(), ONE, ONE, ONE, 1));
  }

  /** The product of two matrices. */
  Tensor multiply(Tensor left, Tensor right) {
    return left.matmul(right);
  }

  /** In the precision that convolutions multiply. */
  Tensor narrowed(Tensor values) {
    return precision == Precision.FLOAT32 ? values : values.to(ScalarType.BFloat16);
  }

  private Tensor widened(Tensor values) {
    return precision == Precision.FLOAT32 ? values : values.to(ScalarType.Float);
  }
}
