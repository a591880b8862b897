package infomax.trainer.engine;

/** ND4J against the recorded steps. */
final class Nd4jRecordedStepsTest extends RecordedStepsContract {

  Nd4jRecordedStepsTest() {
    super(ComputeTarget.nd4j(Precision.FLOAT32));
  }
}
