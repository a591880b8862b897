package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.NormStatistics;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.TrainingCheckpoint.Progress;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Estimator;
import infomax.trainer.objective.Preset;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine computes what the plain reference computes: losses, every gradient, running
 * statistics; for every estimator, one view and two, both input sizes, both forms of the kernels,
 * one and several workers with uneven shares.
 */
class TrainingAgainstReferenceTest {

  /**
   * A seed whose largest values and ReLU inputs stay clear of ties, which single precision flips.
   */
  private static final long SEED = 1;

  private static final int IMAGES = 5;

  static Stream<Arguments> cases() {
    return Stream.of(32, 64)
        .flatMap(
            size ->
                Stream.of(
                        Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 20),
                        Cases.infoNce(IMAGES, Cases.ONE_VIEW, 40),
                        Cases.hellinger(IMAGES, Cases.ONE_VIEW, 20),
                        Cases.donskerVaradhan(IMAGES, Cases.ONE_VIEW, 20),
                        Cases.jensenShannon(3, Cases.TWO_VIEWS, 20),
                        Cases.donskerVaradhan(3, Cases.TWO_VIEWS, 20),
                        Cases.infoNce(3, Cases.TWO_VIEWS, 40),
                        Cases.without(Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 20), true),
                        Cases.without(Cases.infoNce(IMAGES, Cases.ONE_VIEW, 40), false),
                        Cases.reconstruction(IMAGES, 20),
                        Cases.withFurtherTerms(Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 20)),
                        Cases.withFurtherTerms(Cases.jensenShannon(3, Cases.TWO_VIEWS, 20)),
                        Cases.withFurtherTerms(Cases.infoNce(IMAGES, Cases.ONE_VIEW, 40)),
                        Cases.withFurtherTerms(Cases.infoNce(3, Cases.TWO_VIEWS, 40)))
                    .flatMap(
                        preset ->
                            Stream.of(
                                Arguments.of(size, preset, Kernels.available(), 1),
                                Arguments.of(size, preset, Kernels.available(), 2),
                                Arguments.of(size, preset, Kernels.scalar(), 3))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesGradientsAndStatisticsAgree(
      int inputSize, Preset preset, Kernels kernels, int threads) {
    System.out.println("seed=" + SEED);
    NetworkShape shape = new NetworkShape(inputSize, 32);
    Weights weights = Cases.weights(shape, preset, SEED);
    byte[] pixels = Cases.pixels(shape, preset.pictures(), SEED);
    StepRandomness randomness = Cases.randomness(preset, shape, SEED);
    ReferenceNetwork reference =
        new ReferenceNetwork(
            weights.layout(), preset, Cases.doubles(weights.parameters()), pixels, randomness);
    TrainingPlan plan = new TrainingPlan(preset, SEED, 1, threads);
    int size = weights.layout().size();
    TrainingCheckpoint start =
        TrainingCheckpoint.of(
            new Progress(preset.name(), SEED, 0), weights, new float[size], new float[size]);

    try (Training training = Training.open(plan, start, kernels)) {
      StepLosses losses = training.step(pixels, randomness).losses();
      StepLosses expected = reference.losses();
      assertThat(losses.total()).isCloseTo(expected.total(), closeTo(expected.total()));
      assertThat(losses.global()).isCloseTo(expected.global(), closeTo(expected.global()));
      assertThat(losses.local()).isCloseTo(expected.local(), closeTo(expected.local()));
      assertThat(losses.prior()).isCloseTo(expected.prior(), closeTo(expected.prior()));
      assertThat(losses.within()).isCloseTo(expected.within(), closeTo(expected.within()));
      assertThat(losses.earlier()).isCloseTo(expected.earlier(), closeTo(expected.earlier()));

      float[] gradient = training.lastGradient();
      float[] expectedGradient = Cases.floats(reference.gradient());
      for (ParameterTensor tensor : weights.layout().tensors()) {
        if (preset.objective().estimator() instanceof Estimator.DonskerVaradhan
            && tensor.name().endsWith("d4.b")) {
          // The bound does not change when all scores rise together.
          assertThat(gradient[tensor.offset()]).isCloseTo(0, within(1e-6f));
          continue;
        }
        assertThat(Distances.relative(gradient, expectedGradient, tensor))
            .as("gradient of %s", tensor.name())
            .isLessThanOrEqualTo(1e-4);
      }
      checkStatistics(training.weights().statistics(), reference, preset.normMomentum());
    }
  }

  private static Offset<Double> closeTo(double expected) {
    return within(1e-5 * Math.max(0.1, Math.abs(expected)));
  }

  private static void checkStatistics(
      NormStatistics statistics, ReferenceNetwork reference, double momentum) {
    for (int layer = 0; layer < statistics.layers(); layer++) {
      double[] mean = reference.batchMean(layer).clone();
      double[] variance = reference.batchVariance(layer).clone();
      for (int c = 0; c < mean.length; c++) {
        mean[c] *= 1 - momentum;
        variance[c] = momentum + (1 - momentum) * variance[c];
      }
      assertThat(Distances.relative(statistics.mean(layer), Cases.floats(mean)))
          .as("running mean of layer %d", layer)
          .isLessThanOrEqualTo(1e-4);
      assertThat(Distances.relative(statistics.variance(layer), Cases.floats(variance)))
          .as("running variance of layer %d", layer)
          .isLessThanOrEqualTo(1e-4);
    }
  }
}
