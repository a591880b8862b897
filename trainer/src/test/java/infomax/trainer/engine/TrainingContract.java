package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.trainer.network.CheckpointFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Adam;
import infomax.trainer.objective.LearningRate;
import infomax.trainer.objective.Preset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a caller may rely on over several steps, whichever engine computes them. */
abstract class TrainingContract {

  static final long SEED = 3;
  static final int IMAGES = 6;
  static final NetworkShape SHAPE = new NetworkShape(32, 32);

  @TempDir private Path folder;

  private final ComputeTarget target;

  TrainingContract(ComputeTarget target) {
    this.target = target;
  }

  /** Ways of the engine to compute the same, besides the one that a plan names. */
  List<Way> ways() {
    return List.of(target.engine()::open);
  }

  /** Opens a computation. */
  interface Way {
    Computation open(TrainingPlan plan, TrainingCheckpoint start);
  }

  static Stream<Preset> presets() {
    // With four terms, Jensen-Shannon only comes down to chance in the few steps of these tests;
    // means over the locations of noise differ too little to be told apart in them.
    return Stream.concat(
        quickPresets(),
        Stream.of(
            Cases.withFurtherTerms(Cases.jensenShannon(IMAGES / 2, Cases.TWO_VIEWS, 24)),
            Cases.attentive(Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24))));
  }

  /** Those that learn quickly. */
  static Stream<Preset> quickPresets() {
    return Stream.of(
        Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 24),
        Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24),
        Cases.jensenShannon(IMAGES / 2, Cases.TWO_VIEWS, 24),
        Cases.infoNce(IMAGES / 2, Cases.TWO_VIEWS, 24),
        clippedAndAveraged(),
        Cases.byDotProduct(Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 24), 24),
        Cases.withFurtherTerms(Cases.infoNce(IMAGES / 2, Cases.TWO_VIEWS, 24)));
  }

  /** Six steps, three of which are the average's warm-up, and gradients that are longer. */
  private static Preset clippedAndAveraged() {
    Preset preset = Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24);
    return preset.withAdam(preset.adam().withGradientMax(0.5).withAverageDecay(0.3));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void sameSeedAndThreadsGiveTheSameWeightsBitForBit(Preset preset) {
    assertThat(run(preset, 2).digest()).isEqualTo(run(preset, 2).digest());
    assertThat(run(preset, 1).digest()).isEqualTo(run(preset, 1).digest());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void resumedTrainingEqualsTheUninterruptedOne(Preset preset) throws IOException {
    Path file = folder.resolve("checkpoint");
    TrainingPlan plan = new TrainingPlan(preset, SEED, 6, 2, target);
    try (Training training = Training.start(plan, initial(preset))) {
      steps(training, 0, 3);
      CheckpointFile.write(file, training.checkpoint());
    }
    TrainingPlan later = new TrainingPlan(preset, SEED + 1, 6, 2, target);
    try (Training training = Training.resume(later, CheckpointFile.read(file))) {
      assertThat(training.stepsDone()).isEqualTo(3);
      // As a run does whose checkpoint is compared: it must leave no trace in the weights.
      training.embed(pixels(0));
      steps(training, 3, 6);
      assertThat(training.checkpoint().weights().digest()).isEqualTo(digest(preset, false));
      assertThat(training.trained().digest()).isEqualTo(digest(preset, true));
    }
  }

  @ParameterizedTest
  @MethodSource("quickPresets")
  void repeatedImagesAreLearnt(Preset preset) {
    Training training =
        Training.start(new TrainingPlan(preset, SEED, 40, 2, target), initial(preset));
    try (training) {
      double first = training.step(pixels(0)).losses().total();
      double last = first;
      for (int step = 1; step < 40; step++) {
        last = training.step(pixels(0)).losses().total();
      }
      assertThat(last).isLessThan(0.7 * first);
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void stepsFollowAdam(Preset preset) {
    Adam adam = preset.adam();
    Weights initial = initial(preset);
    double[] parameters = Cases.doubles(initial.parameters());
    double[] first = new double[parameters.length];
    double[] second = new double[parameters.length];
    try (Training training =
        Training.start(new TrainingPlan(preset, SEED, 3, 2, target), initial)) {
      for (int step = 1; step <= 3; step++) {
        training.step(pixels(step));
        float[] gradient = training.lastGradient();
        for (int i = 0; i < parameters.length; i++) {
          first[i] = adam.beta1() * first[i] + (1 - adam.beta1()) * gradient[i];
          second[i] =
              adam.beta2() * second[i] + (1 - adam.beta2()) * gradient[i] * (double) gradient[i];
          double mean = first[i] / (1 - Math.pow(adam.beta1(), step));
          double root = Math.sqrt(second[i] / (1 - Math.pow(adam.beta2(), step)));
          parameters[i] -= 1e-3 * mean / (root + adam.epsilon());
        }
        assertThat(Distances.relative(training.weights().parameters(), Cases.floats(parameters)))
            .isLessThan(1e-6);
      }
    }
  }

  @Test
  void aLongGradientIsScaledDownBeforeTheMomentsSeeIt() {
    ways().forEach(this::aLongGradientIsScaledDown);
  }

  private void aLongGradientIsScaledDown(Way way) {
    Preset plain = Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24);
    Weights initial = initial(plain);
    float[] whole = gradient(plain, initial, way);
    double length = Cases.rootMeanSquare(whole, new float[whole.length]) * root(whole.length);
    for (double share : new double[] {0.3, 1.5}) {
      Preset clipped = plain.withAdam(plain.adam().withGradientMax(share * length));
      float[] expected = whole.clone();
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= (float) Math.min(1, share);
      }
      assertThat(Distances.relative(gradient(clipped, initial, way), expected)).isLessThan(1e-6);
    }
  }

  private static double root(int count) {
    return Math.sqrt(count);
  }

  private float[] gradient(Preset preset, Weights initial, Way way) {
    try (Training training =
        open(new TrainingPlan(preset, SEED, 1, 2, target), start(preset, initial), way)) {
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

  @Test
  void theExportedNetworkIsTheAverageOverTheSteps() {
    ways().forEach(this::theExportedNetworkIsTheAverage);
  }

  private void theExportedNetworkIsTheAverage(Way way) {
    Preset preset = clippedAndAveraged();
    Weights initial = initial(preset);
    double[] average = Cases.doubles(initial.parameters());
    double[] variance = Cases.doubles(initial.statistics().variance(2));
    try (Training training =
        open(new TrainingPlan(preset, SEED, 9, 2, target), start(preset, initial), way)) {
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
          open(new TrainingPlan(preset, SEED, 1, 2, target), start(preset, trained), way)) {
        assertThat(other.embed(pixels(1))).usingRecursiveComparison().isEqualTo(embeddings);
      }
    }
  }

  private static void follow(double[] average, float[] values, double kept) {
    for (int i = 0; i < average.length; i++) {
      average[i] = kept * average[i] + (1 - kept) * values[i];
    }
  }

  private static Training open(TrainingPlan plan, TrainingCheckpoint start, Way way) {
    return Training.over(plan, start, way.open(plan, start));
  }

  @Test
  void smallViewsAndFullOnesTrainTheSameNetwork() {
    Preset preset = clippedAndAveraged();
    NetworkShape small = SHAPE.at(24);
    TrainingPlan plan = new TrainingPlan(preset, SEED, 6, 2, target);
    TrainingCheckpoint begun;
    try (Training training = Training.start(plan, initial(preset))) {
      steps(training, 0, 2);
      begun = training.checkpoint();
    }
    TrainingCheckpoint smaller;
    try (Training training = Training.resume(plan, begun.at(24))) {
      assertThat(training.checkpoint().at(32).weights().digest())
          .isEqualTo(begun.weights().digest());
      assertThat(training.step(Cases.pixels(small, IMAGES, SEED)))
          .isInstanceOf(StepOutcome.Advanced.class);
      smaller = training.checkpoint().at(32);
    }
    assertThat(smaller.weights().digest()).isNotEqualTo(begun.weights().digest());
    assertThat(smaller.trained().digest()).isNotEqualTo(begun.trained().digest());
    try (Training training = Training.resume(plan, smaller)) {
      assertThat(training.stepsDone()).isEqualTo(3);
      assertThat(training.trained().digest()).isEqualTo(smaller.trained().digest());
      steps(training, 3, 6);
      assertThat(training.stepsDone()).isEqualTo(6);
    }
  }

  @Test
  void embeddingsAreTheMeanWithRunningStatisticsForAnyNumberOfImages() {
    Preset preset = followingAtOnce(Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24));
    byte[] pixels = Cases.pixels(SHAPE, IMAGES, SEED);
    try (Training training =
        Training.start(new TrainingPlan(preset, SEED, 1, 2, target), initial(preset))) {
      training.step(pixels);
      List<float[]> whole = training.embed(Cases.pixels(SHAPE, 2 * IMAGES + 1, SEED));
      assertThat(whole).hasSize(2 * IMAGES + 1);
      List<float[]> alone = training.embed(Arrays.copyOf(pixels, 2 * SHAPE.imageBytes()));
      assertThat(alone).hasSize(2);
      assertThat(alone.get(1)).isEqualTo(whole.get(1));
      // Statistics of this very mini-batch: what the training pass computes, but for n / (n - 1).
      ReferenceNetwork reference =
          new ReferenceNetwork(
              training.weights().layout(),
              preset,
              Cases.doubles(training.weights().parameters()),
              pixels,
              Cases.randomness(preset, SHAPE, SEED));
      List<float[]> expected = reference.means();
      for (int i = 0; i < IMAGES; i++) {
        assertThat(Distances.relative(training.embed(pixels).get(i), expected.get(i)))
            .isLessThan(0.02);
      }
    }
  }

  /** The preset with steps after which statistics are the mini-batch's, and weights as before. */
  private static Preset followingAtOnce(Preset preset) {
    return new Preset(
        preset.name(),
        preset.objective(),
        Adam.of(new LearningRate.Constant(1e-30)),
        preset.miniBatch(),
        0,
        preset.views(),
        preset.pooling(),
        preset.whitened(),
        preset.images());
  }

  @Test
  void explosionIsAnOutcomeAndEndsTheTraining() {
    Preset preset = Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 24);
    Weights initial = initial(preset);
    ParameterLayout layout = initial.layout();
    float[] parameters = initial.parameters();
    parameters[layout.tensor("logvar.b").offset()] = 500;
    Weights exploding = Weights.of(layout, parameters, initial.statistics());
    try (Training training =
        Training.start(new TrainingPlan(preset, SEED, 1, 2, target), exploding)) {
      StepOutcome outcome = training.step(pixels(0));
      assertThat(outcome).isInstanceOf(StepOutcome.Diverged.class);
      assertThat(((StepOutcome.Diverged) outcome).reason()).startsWith("loss ");
      assertThatThrownBy(() -> training.step(pixels(0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("training is DIVERGED, expected RUNNING");
    }
  }

  @Test
  void misuseIsRefusedWithAReason() {
    Preset preset = Cases.jensenShannon(IMAGES, Cases.ONE_VIEW, 24);
    TrainingPlan plan = new TrainingPlan(preset, SEED, 1, 2, target);
    assertThatThrownBy(
            () -> Training.start(plan, initial(Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("for preset 'js'");
    Training training = Training.start(plan, initial(preset));
    try (training) {
      assertThatThrownBy(() -> training.step(new byte[5]))
          .hasMessage("5 bytes, expected 18432: 6 pictures of 3 x 32 x 32");
      assertThatThrownBy(() -> training.embed(new byte[5]))
          .hasMessage("5 bytes, expected a multiple of 3072");
    }
    training.close();
    assertThatThrownBy(training::weights).hasMessage("training is CLOSED, expected RUNNING");
  }

  private String digest(Preset preset, boolean average) {
    try (Training training =
        Training.start(new TrainingPlan(preset, SEED, 6, 2, target), initial(preset))) {
      steps(training, 0, 6);
      return (average ? training.trained() : training.weights()).digest();
    }
  }

  private Weights run(Preset preset, int threads) {
    try (Training training =
        Training.start(new TrainingPlan(preset, SEED, 6, threads, target), initial(preset))) {
      List<StepOutcome> outcomes = steps(training, 0, 6);
      assertThat(outcomes).allMatch(outcome -> outcome instanceof StepOutcome.Advanced);
      assertThat(training.stepsDone()).isEqualTo(6);
      return training.weights();
    }
  }

  static List<StepOutcome> steps(Training training, int from, int to) {
    List<StepOutcome> outcomes = new ArrayList<>();
    for (int step = from; step < to; step++) {
      outcomes.add(training.step(pixels(step)));
    }
    return outcomes;
  }

  static Weights initial(Preset preset) {
    return Weights.initial(preset.layout(SHAPE), SEED);
  }

  static byte[] pixels(int step) {
    return Cases.pixels(SHAPE, IMAGES, SEED + step);
  }
}
