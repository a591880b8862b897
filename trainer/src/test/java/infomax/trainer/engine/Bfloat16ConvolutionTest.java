package infomax.trainer.engine;

import static infomax.trainer.kernels.ConvolutionDefinition.KERNEL;
import static infomax.trainer.kernels.ConvolutionDefinition.distance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import infomax.trainer.kernels.ConvolutionDefinition;
import infomax.trainer.onednn.Bfloat16Convolution;
import infomax.trainer.onednn.OneDnn;
import infomax.trainer.onednn.Primitives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each product of a convolution against its definition. */
class Bfloat16ConvolutionTest {

  private static final int CACHE_LINE = 64;

  /** Of one value rounded to eight bits; of a product's two factors about this in the mean. */
  private static final double ROUNDING = 1 / 256.0;

  @ParameterizedTest
  @CsvSource({"2, 8, 16, 32", "5, 3, 32, 32", "3, 6, 16, 64", "1, 4, 64, 64"})
  void followsTheDefinition(int images, int side, int inputs, int outputs) {
    Optional<OneDnn> library = Precision.library();
    assumeTrue(library.isPresent(), "this processor does not multiply bfloat16: not tested");
    float[] x = random(images * side * side * inputs, 1);
    float[] w = random(KERNEL * KERNEL * inputs * outputs, 2);
    float[] g = random(images * side * side * outputs, 3);
    try (Arena arena = Arena.ofShared();
        Primitives primitives = new Primitives(library.get())) {
      MemorySegment ofX = floats(arena, x);
      MemorySegment ofXGradient = floats(arena, new float[x.length]);
      MemorySegment ofW = floats(arena, w);
      MemorySegment ofWGradient = floats(arena, new float[w.length]);
      MemorySegment ofOut = floats(arena, new float[g.length]);
      Bfloat16Convolution convolution =
          new Bfloat16Convolution(
              primitives,
              new Bfloat16Convolution.Wiring(
                  images, side, inputs, outputs, ofX, ofXGradient, ofW, ofWGradient, ofOut));

      convolution.forward();
      float[] y = ofOut.toArray(ValueLayout.JAVA_FLOAT);
      MemorySegment.copy(g, 0, ofOut, ValueLayout.JAVA_FLOAT, 0, g.length);
      convolution.backward();

      ConvolutionDefinition.Values expected =
          new ConvolutionDefinition(images, side, inputs, outputs).of(x, w, g);
      assertThat(distance(y, expected.out())).isLessThan(ROUNDING);
      assertThat(distance(ofXGradient.toArray(ValueLayout.JAVA_FLOAT), expected.inGradient()))
          .isLessThan(ROUNDING);
      assertThat(distance(ofWGradient.toArray(ValueLayout.JAVA_FLOAT), expected.weightGradient()))
          .isLessThan(ROUNDING);
    }
  }

  private static MemorySegment floats(Arena arena, float[] values) {
    MemorySegment segment = arena.allocate((long) values.length * Float.BYTES, CACHE_LINE);
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
    return segment;
  }

  private static float[] random(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
