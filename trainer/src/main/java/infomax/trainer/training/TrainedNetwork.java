package infomax.trainer.training;

import infomax.trainer.engine.Precision;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.release.LossHistory;
import infomax.trainer.statistics.VectorSet;
import java.util.Optional;

/**
 * What the steps of a training came to.
 *
 * @param checkpoint the network at the end, or the last good one; with what is needed to go on
 * @param losses over all steps, those before an interruption included
 * @param stepsPerEpoch steps of one epoch
 * @param parity embeddings of the first held-out images, as the engine computes them
 * @param computedBy engine and device
 * @param precision of the convolutions that trained it
 * @param divergence why the steps ended before the last one; empty if they did not
 */
record TrainedNetwork(
    TrainingCheckpoint checkpoint,
    LossHistory losses,
    long stepsPerEpoch,
    VectorSet parity,
    String computedBy,
    Precision precision,
    Optional<String> divergence) {

  /** The network to export. */
  Weights weights() {
    return checkpoint.trained();
  }

  long steps() {
    return checkpoint.progress().step();
  }

  /** Wall time of the steps. */
  double seconds() {
    return losses.points().isEmpty() ? 0 : losses.points().getLast().seconds();
  }

  int lastEpoch() {
    return losses.points().isEmpty() ? 1 : losses.points().getLast().epoch();
  }
}
