package infomax.trainer.engine;

import infomax.trainer.kernels.AdamKernel;
import infomax.trainer.network.NormStatistics;
import infomax.trainer.network.Weights;

/**
 * An exponential moving average of parameters and running statistics over the steps. Over the first
 * steps it is shorter than its decay says, so that the untrained network is soon forgotten.
 *
 * @see <a href="https://doi.org/10.1137/0330046">Polyak and Juditsky 1992, on averages of
 *     iterates</a>
 */
final class WeightAverage {

  private final AdamKernel kernel;
  private final Workers workers;
  private final ParameterBuffers buffers;
  private final NativeFloats parameters;
  private final double decay;
  private NormStatistics statistics;

  /**
   * Begins with the average given.
   *
   * @param buffers the parameters that it follows
   * @param decay what it keeps of itself in a step, above 0, below 1
   */
  WeightAverage(
      AdamKernel kernel,
      Workers workers,
      NativeArena arena,
      ParameterBuffers buffers,
      double decay,
      Weights start) {
    this.kernel = kernel;
    this.workers = workers;
    this.buffers = buffers;
    this.parameters = arena.floats(1, buffers.layout().size());
    this.decay = decay;
    this.statistics = start.statistics();
    parameters.copyFrom(start.parameters());
  }

  /**
   * Moves towards the parameters in the buffers and the statistics given.
   *
   * @param step number of the step that made them, from 1
   */
  void follow(long step, NormStatistics newStatistics) {
    float share = share(step, decay);
    workers.run(
        worker ->
            kernel.follow(
                parameters.segment(),
                buffers.parameters().segment(),
                share,
                buffers.from(worker),
                buffers.to(worker)));
    statistics = statistics.towards(newStatistics, share);
  }

  /** What a step's values contribute to the average. */
  static float share(long step, double decay) {
    return (float) (1 - Math.min(decay, (1.0 + step) / (10.0 + step)));
  }

  /** The network whose every value is the average. */
  Weights weights() {
    return Weights.of(buffers.layout(), parameters.toArray(), statistics);
  }
}
