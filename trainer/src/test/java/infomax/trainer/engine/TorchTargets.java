package infomax.trainer.engine;

/** Libtorch as tests use it. */
final class TorchTargets {

  static final ComputeTarget CPU = new ComputeTarget(Engine.TORCH, Device.CPU, Precision.FLOAT32);

  static final ComputeTarget CPU_BFLOAT16 =
      new ComputeTarget(Engine.TORCH, Device.CPU, Precision.BFLOAT16);

  private TorchTargets() {}
}
