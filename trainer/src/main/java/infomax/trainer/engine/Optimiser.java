package infomax.trainer.engine;

import infomax.trainer.kernels.AdamKernel;
import infomax.trainer.kernels.AdamKernel.AdamStep;
import infomax.trainer.objective.Adam;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** Adam over the flat buffers, each worker its own part of them. */
final class Optimiser {

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
    return adam.gradientMax() > 0
        ? updateClipped(numbers)
        : updateBy(buffers.gradientParts(), numbers);
  }

  private double updateBy(List<MemorySegment> gradients, AdamStep numbers) {
    workers.run(
        worker ->
            squares[worker] =
                kernel.update(
                    buffers.adamBuffers(),
                    gradients,
                    numbers,
                    buffers.from(worker),
                    buffers.to(worker)));
    return Arrays.stream(squares).sum();
  }

  private double updateClipped(AdamStep numbers) {
    List<MemorySegment> parts = buffers.gradientParts();
    MemorySegment sum = parts.getFirst();
    workers.run(
        worker -> squares[worker] = kernel.addUp(parts, buffers.from(worker), buffers.to(worker)));
    double total = Arrays.stream(squares).sum();
    if (!Double.isFinite(total)) {
      return total;
    }
    double factor = adam.gradientMax() / Math.sqrt(total);
    if (factor < 1) {
      workers.run(
          worker -> kernel.scale(sum, (float) factor, buffers.from(worker), buffers.to(worker)));
    }
    updateBy(List.of(sum), numbers);
    return total;
  }
}
