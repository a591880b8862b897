package infomax.trainer.training;

import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.release.LossHistory;
import infomax.trainer.statistics.VectorSet;

/**
 * What the steps of a training came to.
 *
 * @param checkpoint the network at the end, with what is needed to go on
 * @param losses over all steps, those before an interruption included
 * @param stepsPerEpoch steps of one epoch
 * @param computedBy engine, device and precision of the last steps
 * @param parity embeddings of the first held-out images, as the engine computes them
 */
record TrainedNetwork(
    TrainingCheckpoint checkpoint,
    LossHistory losses,
    long stepsPerEpoch,
    String computedBy,
    VectorSet parity) {

  Weights weights() {
    return checkpoint.weights();
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
