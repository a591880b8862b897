package infomax.trainer.engine;

import infomax.trainer.network.TrainingCheckpoint;

/** What computes a training. */
public enum Engine {
  /** ND4J under fused kernels, on the CPU alone. */
  ND4J,
  /** Libtorch with its automatic differentiation: on a CPU, or on a GPU. */
  TORCH;

  /**
   * Makes sure that its native libraries are part of this build, without loading them.
   *
   * @throws UnusableTargetException if not
   */
  public void requirePart() {
    if (this == TORCH) {
      TorchLibraries.requirePart();
    }
  }

  /** As {@link ComputeTarget#require} does. */
  void require(Device device) {
    if (this == TORCH) {
      TorchLibraries.load();
      TorchDevice.choose(device);
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
