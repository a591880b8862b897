package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.network.CheckpointFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is peculiar to libtorch: memory, devices, precision, what it refuses. */
class TorchComputationTest {

  private static final long SEED = 5;
  private static final int IMAGES = 16;
  private static final NetworkShape SHAPE = new NetworkShape(32, 32);
  private static final Preset PRESET = Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24);

  @TempDir private Path folder;

  @Test
  void aStepLeavesNothingBehind() {
    byte[] pixels = Cases.pixels(SHAPE, IMAGES, SEED);
    try (Training training = start(TorchTargets.CPU)) {
      for (int step = 0; step < 3; step++) {
        useAll(training, pixels);
      }
      long before = Pointer.totalCount();
      for (int step = 0; step < 20; step++) {
        useAll(training, pixels);
      }
      // A step makes hundreds; what the collector frees meanwhile may only lower the count.
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
    }
  }

  private static void useAll(Training training, byte[] pixels) {
    training.step(pixels);
    training.embed(pixels);
    training.reestimateStatistics(List.of(pixels));
    training.checkpoint();
    training.lastGradient();
  }

  @Test
  void aCheckpointOfOneEngineGoesOnInTheOther() throws IOException {
    Path file = folder.resolve("checkpoint");
    byte[] pixels = Cases.pixels(SHAPE, IMAGES, SEED);
    Weights alone;
    try (Training training = start(ComputeTarget.DEFAULT)) {
      training.step(pixels);
      training.step(pixels);
      CheckpointFile.write(file, training.checkpoint());
      training.step(pixels);
      alone = training.weights();
    }
    TrainingCheckpoint checkpoint = CheckpointFile.read(file);
    try (Training training = Training.resume(plan(TorchTargets.CPU), checkpoint)) {
      training.step(pixels);
      assertThat(training.stepsDone()).isEqualTo(3);
      assertThat(Distances.relative(training.weights().parameters(), alone.parameters()))
          .isLessThan(1e-4);
    }
  }

  @Test
  void sixteenBitsAreCloseToSinglePrecision() {
    byte[] pixels = Cases.pixels(SHAPE, IMAGES, SEED);
    try (Training exact = start(TorchTargets.CPU);
        Training coarse = start(TorchTargets.CPU_BFLOAT16)) {
      double expected = exact.step(pixels).losses().total();
      assertThat(coarse.step(pixels).losses().total()).isCloseTo(expected, within(0.02 * expected));
      double difference = Distances.relative(coarse.lastGradient(), exact.lastGradient());
      // Eight bits; and where two values are close, the largest may be another one.
      assertThat(difference).isLessThan(0.3);
      if (coarse.precision() == Precision.BFLOAT16) {
        assertThat(difference).isGreaterThan(1e-4);
      } else {
        assertThat(difference).isZero();
      }
    }
  }

  @Test
  void aGpuIsUsedIfThereIsOneThatFits() {
    Optional<String> trouble = Optional.of("no GPU");
    assertThat(TorchDevice.choose(Device.AUTO, Optional.empty())).isEqualTo(TorchDevice.CUDA);
    assertThat(TorchDevice.choose(Device.CUDA, Optional.empty())).isEqualTo(TorchDevice.CUDA);
    assertThat(TorchDevice.choose(Device.CPU, Optional.empty())).isEqualTo(TorchDevice.CPU);
    assertThat(TorchDevice.choose(Device.AUTO, trouble)).isEqualTo(TorchDevice.CPU);
    assertThat(TorchDevice.choose(Device.CUDA, trouble)).isEqualTo(TorchDevice.CPU);
  }

  @Test
  void everyPresetIsKnownAndNothingElse() {
    for (String name : Preset.names()) {
      Preset preset = Preset.named(name);
      TorchSupport.require(preset, ParameterLayout.of(SHAPE, preset.critics()));
    }
    List<String> names =
        ParameterLayout.of(SHAPE, PRESET.critics()).tensors().stream()
            .map(ParameterTensor::name)
            .toList();
    assertThat(TorchSupport.unknownParameters(names)).isEmpty();
    assertThat(TorchSupport.unknownParameters(List.of("mean.w", "attention.w")))
        .hasValue("the parameters [attention.w]");
  }

  @Test
  void targetsAreReadByNameAndRefusedWithAReason() {
    assertThat(ComputeTarget.of("torch", "cpu", "float32")).isEqualTo(TorchTargets.CPU);
    assertThatThrownBy(() -> ComputeTarget.of("tf", "cpu", "float32"))
        .hasMessage("engine 'tf', expected one of [nd4j, torch]");
    assertThatThrownBy(() -> ComputeTarget.of("nd4j", "cuda", "float32"))
        .hasMessage("engine nd4j computes on the CPU alone, expected engine torch for device cuda");
  }

  private static TrainingPlan plan(ComputeTarget target) {
    return new TrainingPlan(PRESET, SEED, 3, 2, target);
  }

  private static Training start(ComputeTarget target) {
    return Training.start(plan(target), Weights.initial(SHAPE, PRESET.critics(), SEED));
  }
}
