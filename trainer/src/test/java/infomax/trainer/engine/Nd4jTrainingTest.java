package infomax.trainer.engine;

import infomax.trainer.kernels.Kernels;
import java.util.List;

/** ND4J keeps what a training promises, in both forms of the kernels. */
final class Nd4jTrainingTest extends TrainingContract {

  Nd4jTrainingTest() {
    super(ComputeTarget.nd4j(Precision.FLOAT32));
  }

  @Override
  List<Way> ways() {
    return List.of(
        (plan, start) -> Nd4jComputation.open(plan, start, Kernels.available()),
        (plan, start) -> Nd4jComputation.open(plan, start, Kernels.scalar()));
  }
}
