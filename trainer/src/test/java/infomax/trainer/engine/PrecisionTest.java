package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step in bfloat16 is the step in single precision, but for the rounding of its products. */
class PrecisionTest {

  private static final long SEED = 5;
  private static final int IMAGES = 12;

  /** Relative error of one value rounded to the eight bits of bfloat16. */
  private static final double ROUNDING = 1 / 256.0;

  private static final Preset PRESET = Cases.infoNce(IMAGES, Cases.ONE_VIEW, 24);

  static Stream<NetworkShape> shapes() {
    return Stream.of(32, 64, 24, 48).map(side -> new NetworkShape(side, 64));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void bfloat16GivesTheSameLossButForRounding(NetworkShape shape) {
    assumeBfloat16();
    for (int threads : new int[] {1, 2}) {
      Step exact = step(shape, threads, Precision.FLOAT32);
      Step narrow = step(shape, threads, Precision.BFLOAT16);

      assertThat(narrow.gradient()).as("rounding shows").isNotEqualTo(exact.gradient());
      assertThat(Math.abs(narrow.loss() / exact.loss() - 1)).isLessThan(2 * ROUNDING);
    }
  }

  @Test
  void bfloat16RepeatsBitForBit() {
    assumeBfloat16();
    NetworkShape shape = new NetworkShape(32, 32);
    assertThat(trained(shape).digest()).isEqualTo(trained(shape).digest());
  }

  @Test
  void embeddingsAreSinglePrecisionEitherWay() {
    assumeBfloat16();
    NetworkShape shape = new NetworkShape(32, 32);
    byte[] pixels = Cases.pixels(shape, IMAGES, SEED);
    assertThat(embeddings(shape, pixels, Precision.BFLOAT16))
        .isDeepEqualTo(embeddings(shape, pixels, Precision.FLOAT32));
  }

  @Test
  void namesAreThoseOfSettings() {
    assertThat(Precision.named("float32")).isEqualTo(Precision.FLOAT32);
    assertThat(Precision.named("auto")).isEqualTo(Precision.fastest());
    assertThat(Precision.asked("bfloat16")).hasValue(Precision.BFLOAT16);
    assertThat(Precision.asked("auto")).isEmpty();
    assertThatThrownBy(() -> Precision.named("half"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("precision 'half', expected auto, float32 or bfloat16");
  }

  private static void assumeBfloat16() {
    assumeTrue(
        Precision.BFLOAT16.isAvailable(), "this processor does not multiply bfloat16: not tested");
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
  private record Step(double loss, float[] gradient) {}

  private static Step step(NetworkShape shape, int threads, Precision precision) {
    TrainingPlan plan = new TrainingPlan(PRESET, SEED, 10, threads, precision);
    try (Training training = Training.start(plan, initial(shape))) {
      double loss = training.step(Cases.pixels(shape, IMAGES, SEED)).losses().total();
      return new Step(loss, training.lastGradient());
    }
  }

  private static Weights trained(NetworkShape shape) {
    TrainingPlan plan = new TrainingPlan(PRESET, SEED, 10, 2, Precision.BFLOAT16);
    try (Training training = Training.start(plan, initial(shape))) {
      for (int step = 0; step < 6; step++) {
        training.step(Cases.pixels(shape, IMAGES, SEED + step));
      }
      return training.weights();
    }
  }

  private static float[][] embeddings(NetworkShape shape, byte[] pixels, Precision precision) {
    TrainingPlan plan = new TrainingPlan(PRESET, SEED, 10, 2, precision);
    try (Training training = Training.start(plan, initial(shape))) {
      List<float[]> embeddings = training.embed(pixels);
      return embeddings.toArray(float[][]::new);
    }
  }

  private static Weights initial(NetworkShape shape) {
    return Weights.initial(shape, PRESET.critics(), SEED);
  }
}
