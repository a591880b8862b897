package infomax.trainer.engine;

/** ND4J keeps what a training promises. */
final class Nd4jTrainingTest extends TrainingContract {

  Nd4jTrainingTest() {
    super(ComputeTarget.DEFAULT);
  }
}
