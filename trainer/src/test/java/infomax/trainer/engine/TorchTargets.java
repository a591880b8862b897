package infomax.trainer.engine;

import java.util.Optional;

/** Libtorch as tests use it. */
final class TorchTargets {

  static final ComputeTarget CPU = cpu(Precision.FLOAT32);

  static ComputeTarget cpu(Precision precision) {
    return new ComputeTarget(Engine.TORCH, Device.CPU, Optional.of(precision));
  }

  static boolean hasBfloat16() {
    return TorchDevice.CPU.precision(Optional.empty()) == Precision.BFLOAT16;
  }

  private TorchTargets() {}
}
