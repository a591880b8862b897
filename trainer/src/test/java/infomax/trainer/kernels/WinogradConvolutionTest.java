package infomax.trainer.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each product of a convolution against its definition in double precision: sides that tiles cover
 * exactly and sides that they do not, one block of tiles and several, and neither a read nor a
 * write outside the share.
 */
class WinogradConvolutionTest {

  private static final int KERNEL = 3;

  /** Some five times what single precision loses by the definition. */
  private static final double ROUNDING = 4e-6;

  private int images;
  private int side;
  private int inputs;
  private int outputs;

  @ParameterizedTest
  @CsvSource({
    "1, 4, 16, 16",
    "2, 8, 16, 48",
    "5, 3, 32, 32",
    "3, 6, 48, 16",
    "2, 12, 16, 32",
    "2, 16, 16, 32",
    "1, 1, 16, 16",
    "50, 4, 16, 32",
    "61, 3, 16, 16"
  })
  void followsTheDefinition(int n, int height, int in, int out) {
    images = n;
    side = height;
    inputs = in;
    outputs = out;
    float[] x = Floats.array(Floats.random(images * side * side * inputs, 1));
    float[] w = Floats.array(Floats.random(KERNEL * KERNEL * inputs * outputs, 2));
    float[] g = Floats.array(Floats.random(images * side * side * outputs, 3));
    Buffer ofX = new Buffer(x);
    Buffer ofXGradient = new Buffer(new float[x.length]);
    Buffer ofOut = new Buffer(new float[g.length]);
    Buffer ofWGradient = new Buffer(new float[w.length]);
    MemorySegment ofW = Floats.of(w);
    WinogradScratch scratch = scratch();
    WinogradFilters filters = new WinogradFilters(ofW, inputs, outputs);
    WinogradConvolution convolution =
        new WinogradConvolution(
            new WinogradConvolution.Wiring(
                images,
                new Pixels(ofX.middle(), side, inputs),
                new Pixels(ofXGradient.middle(), side, inputs),
                new Pixels(ofOut.middle(), side, outputs),
                filters,
                ofWGradient.middle()),
            scratch);

    for (int step = 0; step < 2; step++) {
      for (int part = 0; part < 3; part++) {
        filters.transform(scratch, part, 3);
        filters.transformBackward(scratch, part, 3);
      }
      convolution.forward();
      float[] y = ofOut.values();
      ofOut.set(g);
      convolution.backward();

      double[] expectedY = new double[g.length];
      double[] expectedXGradient = new double[x.length];
      double[] expectedWGradient = new double[w.length];
      define(x, w, g, expectedY, expectedXGradient, expectedWGradient);
      assertThat(distance(y, expectedY)).isLessThan(ROUNDING);
      assertThat(distance(ofXGradient.values(), expectedXGradient)).isLessThan(ROUNDING);
      assertThat(distance(ofWGradient.values(), expectedWGradient)).isLessThan(ROUNDING);
    }
  }

  @Test
  void refusesChannelsThatFillNoPanel() {
    assertThat(WinogradShape.suits(8, 16, 24)).isFalse();
    assertThat(WinogradShape.suits(8, 256, 512)).isFalse();
    assertThat(WinogradShape.suits(6, 64, 128)).isFalse();
    assertThat(WinogradShape.suits(8, 64, 128)).isTrue();
    assertThatThrownBy(() -> new WinogradShape(8, 24, 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("24 to 16 channels, expected multiples of 16 up to 256");
  }

  /** Shared with a larger convolution. */
  private WinogradScratch scratch() {
    return new WinogradScratch(
        List.of(new WinogradShape(side, inputs, outputs), new WinogradShape(16, 48, 48)));
  }

  private static MemorySegment noNumbers(long count) {
    MemorySegment segment = Floats.of(new float[Math.toIntExact(count)]);
    segment.fill((byte) -1);
    return segment;
  }

  /** Sums every product of the forward pass, and its two derivatives. */
  private void define(float[] x, float[] w, float[] g, double[] y, double[] ofX, double[] ofW) {
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
            y[pixel * outputs + o] += (double) x[from + i] * w[weight];
            ofX[from + i] += (double) g[pixel * outputs + o] * w[weight];
            ofW[weight] += (double) g[pixel * outputs + o] * x[from + i];
          }
        }
      }
    }
  }

  /** Length of the difference over the length of what was expected. */
  private static double distance(float[] values, double[] expected) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(values[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / length);
  }

  /** Values between others that nobody may touch, nor read: they are no numbers. */
  private static final class Buffer {

    private static final int MARGIN = 64;

    private final MemorySegment segment;
    private final int length;

    Buffer(float[] values) {
      this.length = values.length;
      this.segment = noNumbers(length + 2 * MARGIN);
      set(values);
    }

    void set(float[] values) {
      middle().copyFrom(MemorySegment.ofArray(values));
    }

    MemorySegment middle() {
      return segment.asSlice(MARGIN * Float.BYTES, (long) length * Float.BYTES);
    }

    float[] values() {
      float[] all = Floats.array(segment);
      for (int i = 0; i < MARGIN; i++) {
        assertThat(all[i]).isNaN();
        assertThat(all[MARGIN + length + i]).isNaN();
      }
      return Floats.array(middle());
    }
  }
}
