package infomax.trainer.engine;

import infomax.trainer.network.TrainingCheckpoint;

/** What computes a training. */
public enum Engine {
  /** ND4J under fused kernels, on the CPU alone. */
  ND4J,
  /** Libtorch with its automatic differentiation: on a CPU, or on a GPU. */
  TORCH;

  /**
   * Makes sure that it can run here.
   *
   * @throws MissingLibrariesException if its native libraries are not part of this build
   */
  public void require() {
    if (this == TORCH) {
      TorchLibraries.load();
    }
  }

  /** As {@link ComputeTarget#settled} settles it. */
  Precision precision(ComputeTarget target) {
    return switch (this) {
      case ND4J -> Precision.choose(target.precision());
      case TORCH -> {
        TorchLibraries.load();
        yield TorchDevice.choose(target.device()).precision(target.precision());
      }
    };
  }

  Computation open(TrainingPlan plan, TrainingCheckpoint start) {
    return switch (this) {
      case ND4J -> Nd4jComputation.open(plan, start);
      case TORCH -> TorchComputation.open(plan, start);
    };
  }
}
