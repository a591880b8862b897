package infomax.trainer.engine;

import infomax.trainer.objective.Preset;
import java.util.stream.Stream;

/** Libtorch on the CPU keeps what a training promises. */
final class TorchTrainingTest extends TrainingContract {

  TorchTrainingTest() {
    super(TorchTargets.CPU);
  }

  static Stream<Preset> presets() {
    return plainPresets();
  }

  static Stream<Preset> quickPresets() {
    return plainPresets();
  }
}
