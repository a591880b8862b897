package infomax.trainer.engine;

import infomax.trainer.kernels.AdamKernel;
import infomax.trainer.kernels.AdamKernel.AdamStep;
import infomax.trainer.objective.Adam;

/** Adam over the flat buffers, each worker its own part of them. */
final class Optimiser {

  /** Parts start at multiples of this many floats, a cache line. */
  private static final int ALIGNMENT = 16;

  private final AdamKernel kernel;
  private final Workers workers;
  private final ParameterBuffers buffers;
  private final Adam adam;
  private final double[] squares;

  Optimiser(AdamKernel kernel, Workers workers, ParameterBuffers buffers, Adam adam) {
    this.kernel = kernel;
    this.workers = workers;
    this.buffers = buffers;
    this.adam = adam;
    this.squares = new double[workers.count()];
  }

  /**
   * Updates all parameters.
   *
   * @param step number of this step, from 1
   * @return the gradient's squared length; not finite if the parameters are lost
   */
  double update(long step, double learningRate) {
    AdamStep numbers =
        new AdamStep(
            (float) (learningRate / (1 - Math.pow(adam.beta1(), (double) step))),
            (float) (1 / Math.sqrt(1 - Math.pow(adam.beta2(), (double) step))),
            (float) adam.beta1(),
            (float) adam.beta2(),
            (float) adam.epsilon());
    workers.run(
        worker ->
            squares[worker] =
                kernel.update(
                    buffers.adamBuffers(),
                    buffers.gradientParts(),
                    numbers,
                    bound(worker),
                    bound(worker + 1)));
    double sum = 0;
    for (double part : squares) {
      sum += part;
    }
    return sum;
  }

  private int bound(int worker) {
    int size = buffers.layout().size();
    if (worker == workers.count()) {
      return size;
    }
    return (int) ((long) size * worker / workers.count()) / ALIGNMENT * ALIGNMENT;
  }
}
