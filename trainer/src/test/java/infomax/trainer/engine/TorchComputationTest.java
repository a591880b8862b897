package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import infomax.trainer.network.CheckpointFile;
import infomax.trainer.network.NetworkShape;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is peculiar to libtorch: memory, devices, precision. */
class TorchComputationTest {

  private static final long SEED = 5;
  private static final int IMAGES = 16;
  private static final NetworkShape SHAPE = new NetworkShape(32, 32);
  private static final Preset PRESET = Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24);

  @TempDir private Path folder;

  @Test
  void aStepLeavesNothingBehind() {
    byte[] pixels = Cases.pixels(SHAPE, IMAGES, SEED);
    Preset all =
        Cases.withFurtherTerms(PRESET)
            .withAdam(PRESET.adam().withGradientMax(0.1).withAverageDecay(0.9));
    try (Training training = Training.start(plan(all), Weights.initial(all.layout(SHAPE), SEED))) {
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
    training.checkpoint();
    training.lastGradient();
  }

  @Test
  void aCheckpointOfOneEngineGoesOnInTheOther() throws IOException {
    Path file = folder.resolve("checkpoint");
    byte[] pixels = Cases.pixels(SHAPE, IMAGES, SEED);
    Weights alone;
    try (Training training = start(ComputeTarget.nd4j(Precision.FLOAT32))) {
      training.step(pixels);
      training.step(pixels);
      CheckpointFile.write(file, training.checkpoint());
      training.step(pixels);
      alone = training.weights();
    }
    TrainingCheckpoint checkpoint = CheckpointFile.read(file);
    try (Training training = Training.resume(plan(PRESET), checkpoint)) {
      training.step(pixels);
      assertThat(training.stepsDone()).isEqualTo(3);
      assertThat(Distances.relative(training.weights().parameters(), alone.parameters()))
          .isLessThan(1e-4);
    }
  }

  /**
   * As {@code PrecisionTest} has it for ND4J: the loss is a mean that rounding of one part in 256
   * moves by about as much. Gradients are not compared: where two values of a pool or a rectifier
   * are close, another one passes the gradient on, and how often depends on the images.
   */
  @ParameterizedTest
  @ValueSource(ints = {32, 64, 24, 48})
  void sixteenBitsGiveTheSameLossButForRounding(int side) {
    NetworkShape shape = new NetworkShape(side, 32);
    assumeTrue(TorchTargets.hasBfloat16(), "this processor does not multiply bfloat16: not tested");
    byte[] pixels = Cases.pixels(shape, IMAGES, SEED);
    try (Training exact = start(TorchTargets.CPU, shape);
        Training narrow = start(TorchTargets.cpu(Precision.BFLOAT16), shape)) {
      assertThat(narrow.embed(pixels))
          .as("embeddings are single precision either way")
          .usingRecursiveComparison()
          .isEqualTo(exact.embed(pixels));
      double expected = exact.step(pixels).losses().total();
      double loss = narrow.step(pixels).losses().total();
      assertThat(narrow.lastGradient()).as("rounding shows").isNotEqualTo(exact.lastGradient());
      assertThat(Math.abs(loss / expected - 1)).isLessThan(2 / 256.0);
    }
  }

  @Test
  void aGpuIsUsedIfThereIsOneThatFits() {
    Optional<String> trouble = Optional.of("no GPU");
    assertThat(TorchDevice.choose(Device.AUTO, Optional.empty())).isEqualTo(TorchDevice.CUDA);
    assertThat(TorchDevice.choose(Device.CUDA, Optional.empty())).isEqualTo(TorchDevice.CUDA);
    assertThat(TorchDevice.choose(Device.CPU, Optional.empty())).isEqualTo(TorchDevice.CPU);
    assertThat(TorchDevice.choose(Device.AUTO, trouble)).isEqualTo(TorchDevice.CPU);
  }

  @Test
  void aGpuAskedForByNameIsNotReplacedByTheCpu() {
    assertThatThrownBy(() -> TorchDevice.choose(Device.CUDA, Optional.of("no GPU")))
        .isInstanceOf(UnusableTargetException.class)
        .hasMessage("device cuda cannot be used: no GPU; or choose device auto or cpu");
  }

  @Test
  void everyPresetIsKnownAndNoOtherParameter() {
    for (String name : Preset.names()) {
      Preset preset = Preset.named(name);
      TorchSupport.require(preset, preset.layout(SHAPE));
    }
    Preset all = Cases.withFurtherTerms(PRESET);
    TorchSupport.require(all, all.layout(SHAPE));
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

  private static TrainingPlan plan(Preset preset) {
    return new TrainingPlan(preset, SEED, 3, 2, TorchTargets.CPU);
  }

  private static Training start(ComputeTarget target) {
    return start(target, SHAPE);
  }

  private static Training start(ComputeTarget target, NetworkShape shape) {
    return Training.start(
        new TrainingPlan(PRESET, SEED, 3, 2, target), Weights.initial(PRESET.layout(shape), SEED));
  }
}
