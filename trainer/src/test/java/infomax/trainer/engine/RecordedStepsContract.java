package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.network.NormStatistics;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An engine repeats the recorded steps of an independent implementation of the seed preset. */
abstract class RecordedStepsContract {

  static final Path FOLDER =
      Path.of(System.getProperty("infomax.root", "."))
          .resolveSibling("shared")
          .resolve("data")
          .resolve("reference-step");

  private final RecordedSteps recorded = new RecordedSteps(FOLDER);
  private final TrainingPlan plan;

  RecordedStepsContract(ComputeTarget target) {
    this.plan = new TrainingPlan(Preset.named("seed"), 0, RecordedSteps.STEPS, 2, target);
  }

  @BeforeEach
  void needsTheRecording() {
    Assumptions.assumeTrue(
        Files.isDirectory(FOLDER), "no recorded steps at " + FOLDER + ": skipped");
  }

  @Test
  void firstStepHasTheRecordedLossesGradientsAndUpdate() throws IOException {
    Weights initial = recorded.initial();
    try (Training training = Training.start(plan, initial)) {
      StepLosses losses = training.step(recorded.pixels(0), recorded.randomness(0)).losses();
      float[] expected = recorded.losses(0);
      assertThat(losses.total()).isCloseTo(expected[0], within(1e-5 * expected[0]));
      assertThat(losses.global()).isCloseTo(expected[1], within(1e-5 * expected[1]));
      assertThat(losses.local()).isCloseTo(expected[2], within(1e-5 * expected[2]));
      assertThat(losses.prior()).isCloseTo(expected[3], within(1e-5 * expected[3]));

      float[] gradient = training.lastGradient();
      float[] expectedGradient = recorded.flat("grads0.bin");
      for (ParameterTensor tensor : initial.layout().tensors()) {
        assertThat(Distances.relative(gradient, expectedGradient, tensor))
            .as("gradient of %s", tensor.name())
            .isLessThanOrEqualTo(2e-3);
      }
    }
  }

  @Test
  void twentyStepsFollowTheRecordedTrajectory() throws IOException {
    try (Training training = Training.start(plan, recorded.initial())) {
      for (int step = 0; step < RecordedSteps.STEPS; step++) {
        StepLosses losses =
            training.step(recorded.pixels(step), recorded.randomness(step)).losses();
        float expected = recorded.losses(step)[0];
        assertThat(losses.total()).as("step %d", step).isCloseTo(expected, within(0.02 * expected));
      }
      NormStatistics statistics = training.weights().statistics();
      float[][] expected = recordedStatistics();
      for (int layer = 0; layer < statistics.layers(); layer++) {
        double deviation = Math.sqrt(mean(expected[2 * layer + 1]));
        assertThat(Cases.rootMeanSquare(statistics.mean(layer), expected[2 * layer]))
            .as("running mean of layer %d in standard deviations", layer)
            .isLessThanOrEqualTo(0.02 * deviation);
        assertThat(Distances.relative(statistics.variance(layer), expected[2 * layer + 1]))
            .as("running variance of layer %d", layer)
            .isLessThanOrEqualTo(0.05);
      }
    }
  }

  /** Running mean and variance of each layer after the last step, in file order. */
  private float[][] recordedStatistics() throws IOException {
    float[] all = recorded.floats("bn20.bin");
    int[] channels = {64, 128, 256, 256, 256};
    float[][] parts = new float[2 * channels.length][];
    int start = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = Arrays.copyOfRange(all, start, start + channels[i / 2]);
      start += channels[i / 2];
    }
    return parts;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
