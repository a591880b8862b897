package infomax.trainer.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both forms of the normalisation kernels compute their definitions, for channel counts below, at
 * and between multiples of a vector's length, every pooling window, and part of the images.
 */
class NormKernelsTest {

  private static final int IMAGES = 4;
  private static final int FROM = 1;
  private static final int TO = 3;
  private static final Offset<Double> CLOSE = within(1e-4);

  static Stream<Arguments> cases() {
    return Stream.of(Kernels.available(), Kernels.scalar())
        .flatMap(
            kernels ->
                Stream.of(3, 16, 37, 64)
                    .flatMap(
                        channels ->
                            Stream.of(1, 2, 4)
                                .map(window -> Arguments.of(kernels, channels, window))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sumsAreThoseOfTheImagesAskedFor(Kernels kernels, int channels, int window) {
    Case example = new Case(channels, window);
    ChannelSums sums = new ChannelSums(channels);
    kernels.norm().sums(example.y, FROM, TO, sums);
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      double squares = 0;
      for (int pixel = 0; pixel < (TO - FROM) * 64; pixel++) {
        double value = example.values[(FROM * 64 + pixel) * channels + c];
        sum += value;
        squares += value * value;
      }
      assertThat(sums.first(c)).isCloseTo(sum, CLOSE);
      assertThat(sums.second(c)).isCloseTo(squares, CLOSE);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputIsTheActivatedMaximumOfEachWindow(Kernels kernels, int channels, int window) {
    Case example = new Case(channels, window);
    kernels.norm().activate(example.y, FROM, TO, example.affine, example.out);
    float[] out = Floats.array(example.out.values());
    for (int cell = 0; cell < IMAGES * example.cells(); cell++) {
      for (int c = 0; c < channels; c++) {
        int image = cell / example.cells();
        double t = example.through(example.winner(cell, c), c);
        double expected =
            image >= FROM && image < TO ? (t > 0 ? t : 0.2 * t) : example.outBefore(cell, c);
        assertThat((double) out[cell * channels + c]).isCloseTo(expected, CLOSE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientReachesTheWinnerAndTheStatistics(Kernels kernels, int channels, int window) {
    Case example = new Case(channels, window);
    ChannelSums sums = new ChannelSums(channels);
    kernels.norm().gradientSums(example.y, FROM, TO, example.affine, example.out, sums);
    NormGradient normGradient = NormGradient.create(channels);
    Random random = new Random(9);
    for (int c = 0; c < channels; c++) {
      normGradient.factor()[c] = (float) random.nextGaussian();
      normGradient.constant()[c] = (float) random.nextGaussian();
      normGradient.slope()[c] = (float) random.nextGaussian();
    }
    kernels.norm().gradient(example.y, FROM, TO, example.affine, example.out, normGradient);

    double[] expected = new double[example.values.length];
    double[] first = new double[channels];
    double[] second = new double[channels];
    for (int i = 0; i < expected.length; i++) {
      int c = i % channels;
      int image = i / channels / 64;
      expected[i] =
          image >= FROM && image < TO
              ? normGradient.constant()[c] + normGradient.slope()[c] * (double) example.values[i]
              : example.values[i];
    }
    for (int cell = FROM * example.cells(); cell < TO * example.cells(); cell++) {
      for (int c = 0; c < channels; c++) {
        int winner = example.winner(cell, c);
        double slope = example.through(winner, c) > 0 ? 1 : 0.2;
        double g = slope * example.outBefore(cell, c);
        first[c] += g;
        second[c] += g * example.values[winner * channels + c];
        expected[winner * channels + c] += normGradient.factor()[c] * g;
      }
    }
    float[] gradient = Floats.array(example.y.values());
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) gradient[i]).isCloseTo(expected[i], CLOSE);
    }
    for (int c = 0; c < channels; c++) {
      assertThat(sums.first(c)).isCloseTo(first[c], CLOSE);
      assertThat(sums.second(c)).isCloseTo(second[c], CLOSE);
    }
  }

  /** Random images of 8 x 8 pixels, and their definition of a pooling window. */
  private static final class Case {
    private static final int SIDE = 8;

    final Pixels y;
    final Pixels out;
    final Affine affine;
    final float[] values;
    private final float[] before;
    private final int channels;
    private final int window;

    Case(int channels, int window) {
      this.channels = channels;
      this.window = window;
      int outSide = SIDE / window;
      MemorySegment segment = Floats.random(IMAGES * SIDE * SIDE * channels, 1);
      this.values = Floats.array(segment);
      this.y = new Pixels(segment, SIDE, channels);
      this.out =
          new Pixels(Floats.random(IMAGES * outSide * outSide * channels, 2), outSide, channels);
      this.before = Floats.array(out.values());
      this.affine = Affine.create(channels);
      Random random = new Random(3);
      for (int c = 0; c < channels; c++) {
        affine.scale()[c] = (float) random.nextGaussian();
        affine.shift()[c] = (float) random.nextGaussian();
      }
    }

    int cells() {
      return out.side() * out.side();
    }

    double outBefore(int cell, int c) {
      return before[cell * channels + c];
    }

    double through(int pixel, int c) {
      return (double) affine.scale()[c] * values[pixel * channels + c] + affine.shift()[c];
    }

    int winner(int cell, int c) {
      int image = cell / cells();
      int row = cell / out.side() % out.side();
      int column = cell % out.side();
      int winner = -1;
      for (int k = 0; k < window * window; k++) {
        int pixel =
            (image * SIDE + row * window + k / window) * SIDE + column * window + k % window;
        if (winner < 0 || through(pixel, c) > through(winner, c)) {
          winner = pixel;
        }
      }
      return winner;
    }
  }
}
