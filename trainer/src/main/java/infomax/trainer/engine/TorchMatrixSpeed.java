package infomax.trainer.engine;

import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** How fast libtorch multiplies large matrices. */
final class TorchMatrixSpeed {

  private TorchMatrixSpeed() {}

  /** As {@link MatrixSpeed#gigaflopPerSecond}, on the target's device and in its precision. */
  static double gigaflopPerSecond(int threads, ComputeTarget target) {
    TorchLibraries.load();
    TorchThreads.use(threads);
    TorchDevice device = TorchDevice.choose(target.device());
    TorchProducts products = new TorchProducts(device.precision(target.precision()));
    double[] seconds = new double[MatrixSpeed.ROUNDS];
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      long[] shape = {MatrixSpeed.SIDE, MatrixSpeed.SIDE};
      Tensor left = products.narrowed(torch.rand(shape, device.floats()));
      Tensor right = products.narrowed(torch.rand(shape, device.floats()));
      for (int round = -MatrixSpeed.WARM_UP_ROUNDS; round < MatrixSpeed.ROUNDS; round++) {
        try (PointerScope _ = new PointerScope()) {
          long startNanos = System.nanoTime();
          // Reading one value waits for a GPU to be done.
          left.matmul(right).view(-1).select(0, 0).item_double();
          if (round >= 0) {
            seconds[round] = (System.nanoTime() - startNanos) / 1e9;
          }
        }
      }
    }
    Arrays.sort(seconds);
    return MatrixSpeed.gigaflop() / seconds[MatrixSpeed.ROUNDS / 2];
  }
}
