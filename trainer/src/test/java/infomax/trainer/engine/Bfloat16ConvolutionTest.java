package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

  private static final int KERNEL = 3;
  private static final int CACHE_LINE = 64;

  /** Of one value rounded to eight bits; of a product's two factors about this in the mean. */
  private static final double ROUNDING = 1 / 256.0;

  private int images;
  private int side;
  private int inputs;
  private int outputs;

  @ParameterizedTest
  @CsvSource({"2, 8, 16, 32", "5, 3, 32, 32", "3, 6, 16, 64", "1, 4, 64, 64"})
  void followsTheDefinition(int n, int height, int in, int out) {
    images = n;
    side = height;
    inputs = in;
    outputs = out;
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

      float[] expectedY = new float[g.length];
      float[] expectedXGradient = new float[x.length];
      float[] expectedWGradient = new float[w.length];
      define(x, w, g, expectedY, expectedXGradient, expectedWGradient);
      assertThat(Distances.relative(y, expectedY)).isLessThan(ROUNDING);
      assertThat(Distances.relative(ofXGradient.toArray(ValueLayout.JAVA_FLOAT), expectedXGradient))
          .isLessThan(ROUNDING);
      assertThat(Distances.relative(ofWGradient.toArray(ValueLayout.JAVA_FLOAT), expectedWGradient))
          .isLessThan(ROUNDING);
    }
  }

  /** Sums every product of the forward pass, and its two derivatives. */
  private void define(float[] x, float[] w, float[] g, float[] y, float[] ofX, float[] ofW) {
    for (int pixel = 0; pixel < images * side * side; pixel++) {
      int column = pixel % side;
      int row = pixel / side % side;
      for (int k = 0; k < KERNEL * KERNEL; k++) {
        int fromRow = row + k / KERNEL - 1;
        int fromColumn = column + k % KERNEL - 1;
        if (fromRow < 0 || fromRow >= side || fromColumn < 0 || fromColumn >= side) {
          continue;
        }
        int from = ((pixel / (side * side) * side + fromRow) * side + fromColumn) * inputs;
        for (int i = 0; i < inputs; i++) {
          for (int o = 0; o < outputs; o++) {
            int weight = (k * inputs + i) * outputs + o;
            y[pixel * outputs + o] += x[from + i] * w[weight];
            ofX[from + i] += g[pixel * outputs + o] * w[weight];
            ofW[weight] += g[pixel * outputs + o] * x[from + i];
          }
        }
      }
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
