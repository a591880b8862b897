package infomax.trainer.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.kernels.AdamKernel.AdamBuffers;
import infomax.trainer.kernels.AdamKernel.AdamStep;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both forms of the Adam kernel compute its definition on part of the buffers. */
class AdamKernelTest {

  private static final int SIZE = 5000;
  private static final int FROM = 16;
  private static final int TO = 4987;

  static Stream<AdamKernel> kernels() {
    return Stream.of(Kernels.available().adam(), Kernels.scalar().adam());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void stepFollowsTheDefinition(AdamKernel kernel) {
    float[] parameters = Floats.array(Floats.random(SIZE, 1));
    float[] first = Floats.array(Floats.random(SIZE, 2));
    float[] second = Floats.array(Floats.random(SIZE, 3));
    for (int i = 0; i < SIZE; i++) {
      second[i] = Math.abs(second[i]);
    }
    float[] one = Floats.array(Floats.random(SIZE, 4));
    float[] two = Floats.array(Floats.random(SIZE, 5));
    AdamBuffers buffers =
        new AdamBuffers(Floats.of(parameters), Floats.of(first), Floats.of(second));
    MemorySegment sum = Floats.of(one);
    AdamStep step = new AdamStep(0.01f, 2, 0.9f, 0.99f, 1e-3f);
    double squares = kernel.update(buffers, List.of(sum, Floats.of(two)), step, FROM, TO);

    float[] newParameters = Floats.array(buffers.parameters());
    float[] newFirst = Floats.array(buffers.firstMoments());
    float[] newSecond = Floats.array(buffers.secondMoments());
    float[] newGradient = Floats.array(sum);
    double expectedSquares = 0;
    for (int i = 0; i < SIZE; i++) {
      double gradient = (double) one[i] + two[i];
      boolean inside = i >= FROM && i < TO;
      double m = inside ? 0.9 * first[i] + 0.1 * gradient : first[i];
      double v = inside ? 0.99 * second[i] + 0.01 * gradient * gradient : second[i];
      double p = inside ? parameters[i] - 0.01 * m / (2 * Math.sqrt(v) + 1e-3) : parameters[i];
      expectedSquares += inside ? gradient * gradient : 0;
      assertThat((double) newParameters[i]).isCloseTo(p, within(1e-6));
      assertThat((double) newFirst[i]).isCloseTo(m, within(1e-5));
      assertThat((double) newSecond[i]).isCloseTo(v, within(1e-5));
      assertThat((double) newGradient[i]).isCloseTo(inside ? gradient : one[i], within(1e-5));
    }
    assertThat(squares).isCloseTo(expectedSquares, within(1e-4 * expectedSquares));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void whatSurroundsAStepStaysInsideTheRange(AdamKernel kernel) {
    float[] one = Floats.array(Floats.random(SIZE, 4));
    float[] two = Floats.array(Floats.random(SIZE, 5));
    MemorySegment sum = Floats.of(one);
    MemorySegment scaled = Floats.of(one);
    MemorySegment follower = Floats.of(one);
    double squares = kernel.addUp(List.of(sum, Floats.of(two)), FROM, TO);
    kernel.scale(scaled, 0.25f, FROM, TO);
    kernel.follow(follower, Floats.of(two), 0.25f, FROM, TO);
    double expectedSquares = 0;
    for (int i = 0; i < SIZE; i++) {
      boolean inside = i >= FROM && i < TO;
      double added = inside ? (double) one[i] + two[i] : one[i];
      expectedSquares += inside ? added * added : 0;
      assertThat((double) Floats.array(sum)[i]).isCloseTo(added, within(1e-6));
      assertThat(Floats.array(scaled)[i]).isEqualTo(inside ? 0.25f * one[i] : one[i]);
      double followed = inside ? 0.75 * one[i] + 0.25 * two[i] : one[i];
      assertThat((double) Floats.array(follower)[i]).isCloseTo(followed, within(1e-6));
    }
    assertThat(squares).isCloseTo(expectedSquares, within(1e-4 * expectedSquares));
  }
}
