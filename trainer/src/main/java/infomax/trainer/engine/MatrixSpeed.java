package infomax.trainer.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** How fast this machine multiplies large matrices: what a training step can be held against. */
public final class MatrixSpeed {

  static final int SIDE = 1024;
  static final int ROUNDS = 30;
  static final int WARM_UP_ROUNDS = 5;

  private MatrixSpeed() {}

  /**
   * Products of 1024 x 1024 matrices as the target computes them: ND4J one on each thread at a
   * time, libtorch one on all of them.
   *
   * @return 1e9 multiplications and additions per second, of all threads together; by the median
   *     round
   */
  public static double gigaflopPerSecond(int threads, ComputeTarget target) {
    return switch (target.engine()) {
      case ND4J -> ofNd4j(threads);
      case TORCH -> TorchMatrixSpeed.gigaflopPerSecond(threads, target);
    };
  }

  /** Multiplications and additions of one product, in 1e9. */
  static double gigaflop() {
    return 2.0 * SIDE * SIDE * SIDE / 1e9;
  }

  private static double ofNd4j(int threads) {
    try (NativeArena arena = new NativeArena();
        Workers workers = Workers.start(threads, threads)) {
      List<CustomOp> products = new ArrayList<>();
      for (int worker = 0; worker < workers.count(); worker++) {
        NativeFloats left = arena.floats(SIDE, SIDE);
        NativeFloats right = arena.floats(SIDE, SIDE);
        NativeFloats out = arena.floats(SIDE, SIDE);
        float[] values = new float[SIDE * SIDE];
        Arrays.fill(values, 0.5f);
        left.copyFrom(values);
        right.copyFrom(values);
        products.add(
            Products.product(left.matrix(0, SIDE), right.matrix(0, SIDE), out.matrix(0, SIDE)));
      }
      double[] seconds = new double[ROUNDS];
      for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
        long startNanos = System.nanoTime();
        workers.run(worker -> Nd4j.exec(products.get(worker)));
        if (round >= 0) {
          seconds[round] = (System.nanoTime() - startNanos) / 1e9;
        }
      }
      Arrays.sort(seconds);
      return workers.count() * gigaflop() / seconds[ROUNDS / 2];
    }
  }
}
