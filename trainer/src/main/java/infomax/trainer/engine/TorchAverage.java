package infomax.trainer.engine;

import infomax.trainer.network.NormStatistics;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.Weights;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The average that {@link WeightAverage} describes, of parameters on a device of libtorch. */
final class TorchAverage implements AutoCloseable {

  private final ParameterLayout layout;
  private final Tensor parameters;
  private final double decay;
  private NormStatistics statistics;

  /** Begins with the average given; see {@link WeightAverage}. */
  TorchAverage(Weights start, double decay, TorchArrays arrays) {
    this.layout = start.layout();
    this.decay = decay;
    this.statistics = start.statistics();
    try (PointerScope _ = new PointerScope()) {
      this.parameters = arrays.floats(start.parameters(), layout.size()).retainReference();
    }
  }

  /**
   * Moves towards new values.
   *
   * @param step number of the step that made them, from 1
   * @param newParameters flat, in the same layout
   */
  void follow(long step, Tensor newParameters, NormStatistics newStatistics) {
    float share = WeightAverage.share(step, decay);
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      parameters.lerp_(newParameters, new Scalar(share));
    }
    statistics = statistics.towards(newStatistics, share);
  }

  /** Every tensor by name; see {@link TorchParameters#byName}. */
  Map<String, Tensor> byName() {
    return TorchParameters.byName(layout, parameters);
  }

  NormStatistics statistics() {
    return statistics;
  }

  /** The network whose every value is the average. */
  Weights weights() {
    return Weights.of(layout, TorchArrays.toArray(parameters), statistics);
  }

  @Override
  public void close() {
    parameters.close();
  }
}
