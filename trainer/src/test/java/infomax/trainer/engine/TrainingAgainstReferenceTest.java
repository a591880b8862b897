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
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both engines compute what the plain reference computes: losses, every gradient, running
 * statistics; for every estimator, one view and two, both input sizes and small views; ND4J in both
 * forms of the kernels, with one and several workers of uneven shares.
 */
class TrainingAgainstReferenceTest {

  /**
   * A seed whose largest values and ReLU inputs stay clear of ties, which single precision flips.
   */
  private static final long SEED = 1;

  private static final int IMAGES = 5;

  static Stream<Arguments> cases() {
    return Stream.of(
            of(32, objectives()),
            of(64, someOfEachTerm()),
            of(24, smallViews()),
            of(48, smallViews()))
        .flatMap(cases -> cases);
  }

  private static Stream<Arguments> of(int inputSize, List<Preset> presets) {
    return presets.stream().map(preset -> Arguments.of(inputSize, preset));
  }

  private static List<Preset> objectives() {
    return List.of(
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
        Cases.withFurtherTerms(Cases.infoNce(3, Cases.TWO_VIEWS, 40)),
        dot(Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 20)),
        dot(Cases.hellinger(IMAGES, Cases.ONE_VIEW, 20)),
        dot(Cases.donskerVaradhan(IMAGES, Cases.ONE_VIEW, 20)),
        dot(Cases.jensenShannon(3, Cases.TWO_VIEWS, 20)),
        dot(Cases.without(Cases.jensenShannon(3, Cases.TWO_VIEWS, 20), true)),
        Cases.withFurtherTerms(dot(Cases.hellinger(3, Cases.TWO_VIEWS, 20))),
        Cases.attentive(Cases.infoNce(3, Cases.TWO_VIEWS, 40)),
        Cases.attentive(Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 20)),
        Cases.attentive(Cases.reconstruction(IMAGES, 20)),
        Cases.attentive(dot(Cases.donskerVaradhan(3, Cases.TWO_VIEWS, 20))));
  }

  /** The larger network has one block more; its objectives are those of the smaller one. */
  private static List<Preset> someOfEachTerm() {
    return List.of(
        Cases.withFurtherTerms(Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 20)),
        Cases.infoNce(3, Cases.TWO_VIEWS, 40),
        Cases.reconstruction(IMAGES, 20),
        Cases.withFurtherTerms(dot(Cases.hellinger(3, Cases.TWO_VIEWS, 20))),
        Cases.attentive(dot(Cases.donskerVaradhan(3, Cases.TWO_VIEWS, 20))));
  }

  private static List<Preset> smallViews() {
    return List.of(
        Cases.infoNce(3, Cases.TWO_VIEWS, 40),
        Cases.withFurtherTerms(Cases.jensenShannon(3, Cases.TWO_VIEWS, 20)));
  }

  private static Preset dot(Preset preset) {
    return Cases.byDotProduct(preset, 40);
  }

  /** A way to compute a step, and how a failed comparison calls it. */
  private record Way(String name, int threads, ComputeTarget target, TrainingContract.Way way) {}

  private static List<Way> ways() {
    ComputeTarget nd4j = ComputeTarget.nd4j(Precision.FLOAT32);
    return List.of(
        new Way("nd4j vector 1", 1, nd4j, nd4j(Kernels.available())),
        new Way("nd4j vector 2", 2, nd4j, nd4j(Kernels.available())),
        new Way("nd4j scalar 3", 3, nd4j, nd4j(Kernels.scalar())),
        new Way("torch 2", 2, TorchTargets.CPU, TorchComputation::open));
  }

  private static TrainingContract.Way nd4j(Kernels kernels) {
    return (plan, start) -> Nd4jComputation.open(plan, start, kernels);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesGradientsAndStatisticsAgree(int inputSize, Preset preset) {
    System.out.println("seed=" + SEED);
    NetworkShape shape = new NetworkShape(inputSize, 32);
    Weights weights = Cases.weights(shape, preset, SEED);
    byte[] pixels = Cases.pixels(shape, preset.pictures(), SEED);
    StepRandomness randomness = Cases.randomness(preset, shape, SEED);
    ReferenceNetwork reference =
        new ReferenceNetwork(
            weights.layout(), preset, Cases.doubles(weights.parameters()), pixels, randomness);
    float[] expectedGradient = Cases.floats(reference.gradient());
    int size = weights.layout().size();
    TrainingCheckpoint start =
        TrainingCheckpoint.of(
            new Progress(preset.name(), SEED, 0), weights, new float[size], new float[size]);

    for (Way way : ways()) {
      TrainingPlan plan = new TrainingPlan(preset, SEED, 1, way.threads(), way.target());
      try (Training training = Training.over(plan, start, way.way().open(plan, start))) {
        checkLosses(way, training.step(pixels, randomness).losses(), reference.losses());
        checkGradient(way, preset, training.lastGradient(), expectedGradient, weights);
        checkStatistics(way, training.weights().statistics(), reference, preset.normMomentum());
      }
    }
  }

  private static void checkLosses(Way way, StepLosses losses, StepLosses expected) {
    assertThat(losses.total())
        .as(way.name())
        .isCloseTo(expected.total(), closeTo(expected.total()));
    assertThat(losses.global())
        .as(way.name())
        .isCloseTo(expected.global(), closeTo(expected.global()));
    assertThat(losses.local())
        .as(way.name())
        .isCloseTo(expected.local(), closeTo(expected.local()));
    assertThat(losses.prior())
        .as(way.name())
        .isCloseTo(expected.prior(), closeTo(expected.prior()));
    assertThat(losses.within())
        .as(way.name())
        .isCloseTo(expected.within(), closeTo(expected.within()));
    assertThat(losses.earlier())
        .as(way.name())
        .isCloseTo(expected.earlier(), closeTo(expected.earlier()));
  }

  private static void checkGradient(
      Way way, Preset preset, float[] gradient, float[] expected, Weights weights) {
    for (ParameterTensor tensor : weights.layout().tensors()) {
      if (preset.objective().estimator() instanceof Estimator.DonskerVaradhan
          && tensor.name().endsWith("d4.b")) {
        // The bound does not change when all scores rise together.
        assertThat(gradient[tensor.offset()]).as(way.name()).isCloseTo(0, within(1e-6f));
        continue;
      }
      assertThat(Distances.relative(gradient, expected, tensor))
          .as("%s: gradient of %s", way.name(), tensor.name())
          .isLessThanOrEqualTo(1e-4);
    }
  }

  private static Offset<Double> closeTo(double expected) {
    return within(1e-5 * Math.max(0.1, Math.abs(expected)));
  }

  private static void checkStatistics(
      Way way, NormStatistics statistics, ReferenceNetwork reference, double momentum) {
    for (int layer = 0; layer < statistics.layers(); layer++) {
      double[] mean = reference.batchMean(layer).clone();
      double[] variance = reference.batchVariance(layer).clone();
      for (int c = 0; c < mean.length; c++) {
        mean[c] *= 1 - momentum;
        variance[c] = momentum + (1 - momentum) * variance[c];
      }
      assertThat(Distances.relative(statistics.mean(layer), Cases.floats(mean)))
          .as("%s: running mean of layer %d", way.name(), layer)
          .isLessThanOrEqualTo(1e-4);
      assertThat(Distances.relative(statistics.variance(layer), Cases.floats(variance)))
          .as("%s: running variance of layer %d", way.name(), layer)
          .isLessThanOrEqualTo(1e-4);
    }
  }
}
