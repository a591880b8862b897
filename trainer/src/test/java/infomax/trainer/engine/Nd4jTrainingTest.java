package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ND4J keeps what a training promises, with every option. */
final class Nd4jTrainingTest extends TrainingContract {

  private static final ComputeTarget TARGET = ComputeTarget.nd4j(Precision.FLOAT32);

  Nd4jTrainingTest() {
    super(TARGET);
  }

  static Stream<Preset> presets() {
    // With four terms, Jensen-Shannon only comes down to chance in the few steps of these tests.
    return Stream.concat(
        quickPresets(),
        Stream.of(Cases.withFurtherTerms(Cases.jensenShannon(IMAGES / 2, Cases.TWO_VIEWS, 24))));
  }

  static Stream<Preset> quickPresets() {
    return Stream.concat(
        plainPresets(),
        Stream.of(
            clippedAndAveraged(),
            Cases.byDotProduct(Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 24), 24),
            Cases.attentive(Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24)),
            Cases.withFurtherTerms(Cases.infoNce(IMAGES / 2, Cases.TWO_VIEWS, 24))));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aLongGradientIsScaledDownBeforeTheMomentsSeeIt(Kernels kernels) {
    Preset plain = Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24);
    Weights initial = initial(plain);
    float[] whole = gradient(plain, initial, kernels);
    double length = Distances.rootMeanSquare(whole, new float[whole.length]) * root(whole.length);
    for (double share : new double[] {0.3, 1.5}) {
      Preset clipped = plain.withAdam(plain.adam().withGradientMax(share * length));
      float[] expected = whole.clone();
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= (float) Math.min(1, share);
      }
      assertThat(Distances.relative(gradient(clipped, initial, kernels), expected))
          .isLessThan(1e-6);
    }
  }

  private static double root(int count) {
    return Math.sqrt(count);
  }

  static Stream<Kernels> kernels() {
    return Stream.of(Kernels.available(), Kernels.scalar());
  }

  private static float[] gradient(Preset preset, Weights initial, Kernels kernels) {
    try (Training training =
        open(new TrainingPlan(preset, SEED, 1, 2, TARGET), start(preset, initial), kernels)) {
      training.step(pixels(0));
      return training.lastGradient();
    }
  }

  private static TrainingCheckpoint start(Preset preset, Weights initial) {
    int size = initial.layout().size();
    return TrainingCheckpoint.of(
        new TrainingCheckpoint.Progress(preset.name(), SEED, 0),
        initial,
        new float[size],
        new float[size]);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theExportedNetworkIsTheAverageOverTheSteps(Kernels kernels) {
    Preset preset = clippedAndAveraged();
    Weights initial = initial(preset);
    double[] average = Cases.doubles(initial.parameters());
    double[] variance = Cases.doubles(initial.statistics().variance(2));
    try (Training training =
        open(new TrainingPlan(preset, SEED, 9, 2, TARGET), start(preset, initial), kernels)) {
      for (int step = 1; step <= 9; step++) {
        training.step(pixels(step));
        double kept = Math.min(preset.adam().averageDecay(), (1.0 + step) / (10.0 + step));
        follow(average, training.weights().parameters(), kept);
        follow(variance, training.weights().statistics().variance(2), kept);
      }
      Weights trained = training.trained();
      assertThat(Distances.relative(trained.parameters(), Cases.floats(average))).isLessThan(1e-6);
      assertThat(Distances.relative(trained.statistics().variance(2), Cases.floats(variance)))
          .isLessThan(1e-6);
      Weights current = training.weights();
      List<float[]> embeddings = training.embed(pixels(1));
      assertThat(training.weights().digest()).isEqualTo(current.digest());
      try (Training other =
          open(new TrainingPlan(preset, SEED, 1, 2, TARGET), start(preset, trained), kernels)) {
        assertThat(other.embed(pixels(1))).usingRecursiveComparison().isEqualTo(embeddings);
      }
    }
  }

  private static void follow(double[] average, float[] values, double kept) {
    for (int i = 0; i < average.length; i++) {
      average[i] = kept * average[i] + (1 - kept) * values[i];
    }
  }

  private static Training open(TrainingPlan plan, TrainingCheckpoint start, Kernels kernels) {
    return Training.over(plan, start, Nd4jComputation.open(plan, start, kernels));
  }

  /** Six steps, three of which are the average's warm-up, and gradients that are longer. */
  private static Preset clippedAndAveraged() {
    Preset preset = Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24);
    return preset.withAdam(preset.adam().withGradientMax(0.5).withAverageDecay(0.3));
  }
}
