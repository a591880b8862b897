package infomax.trainer.engine;

/** Libtorch on the CPU keeps what a training promises. */
final class TorchTrainingTest extends TrainingContract {

  TorchTrainingTest() {
    super(TorchTargets.CPU);
  }
}
