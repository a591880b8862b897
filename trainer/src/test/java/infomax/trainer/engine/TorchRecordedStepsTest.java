package infomax.trainer.engine;

/** Libtorch on the CPU against the recorded steps. */
final class TorchRecordedStepsTest extends RecordedStepsContract {

  TorchRecordedStepsTest() {
    super(TorchTargets.CPU);
  }
}
