package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void smallViewsAreTrainedAsNd4jTrainsThem() {
    for (int side : new int[] {24, 48}) {
      NetworkShape shape = new NetworkShape(side, 32);
      byte[] pixels = Cases.pixels(shape, IMAGES, SEED);
      try (Training torch = start(TorchTargets.CPU, shape);
          Training nd4j = start(ComputeTarget.nd4j(Precision.FLOAT32), shape)) {
        double expected = nd4j.step(pixels).losses().total();
        assertThat(torch.step(pixels).losses().total())
            .isCloseTo(expected, within(1e-5 * expected));
        assertThat(Distances.relative(torch.lastGradient(), nd4j.lastGradient())).isLessThan(1e-4);
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
      TorchSupport.require(preset, preset.layout(SHAPE));
    }
    List<String> names =
        ParameterLayout.of(SHAPE, PRESET.critics()).tensors().stream()
            .map(ParameterTensor::name)
            .toList();
    assertThat(TorchSupport.unknownParameters(names)).isEmpty();
    assertThat(TorchSupport.unknownParameters(List.of("mean.w", "attention.w")))
        .hasValue("the parameters [attention.w]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"within=0.5", "earlier=0.5", "critic.global=featuremap", "clip=1", "average=0.9"})
  void anOptionThatItCannotTrainIsRefused(String option) {
    String chosen = option.startsWith("critic") ? option : option.substring(0, option.indexOf('='));
    Preset preset = Preset.named("seed+" + option);
    assertThatThrownBy(() -> Training.start(plan(preset), Weights.initial(preset.layout(SHAPE), 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("engine torch cannot train preset")
        .hasMessageContaining("the options " + chosen + ": choose engine nd4j");
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
