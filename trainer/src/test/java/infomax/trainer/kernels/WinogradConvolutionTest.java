package infomax.trainer.kernels;

import static infomax.trainer.kernels.ConvolutionDefinition.KERNEL;
import static infomax.trainer.kernels.ConvolutionDefinition.distance;
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

  private static final WinogradShape LARGER =
      new WinogradShape(16, 3 * Filters.PANEL, 3 * Filters.PANEL);

  /** Some five times what single precision loses by the definition. */
  private static final double ROUNDING = 4e-6;

  @ParameterizedTest
  @CsvSource({
    "1, 4, 1, 1",
    "2, 8, 1, 3",
    "5, 3, 2, 2",
    "3, 6, 3, 1",
    "2, 12, 1, 2",
    "2, 16, 1, 2",
    "1, 1, 1, 1",
    "50, 4, 1, 2",
    "61, 3, 1, 1"
  })
  void followsTheDefinition(int images, int side, int inputPanels, int outputPanels) {
    int inputs = inputPanels * Filters.PANEL;
    int outputs = outputPanels * Filters.PANEL;
    float[] x = Floats.array(Floats.random(images * side * side * inputs, 1));
    float[] w = Floats.array(Floats.random(KERNEL * KERNEL * inputs * outputs, 2));
    float[] g = Floats.array(Floats.random(images * side * side * outputs, 3));
    Buffer ofX = new Buffer(x);
    Buffer ofXGradient = new Buffer(new float[x.length]);
    Buffer ofOut = new Buffer(new float[g.length]);
    Buffer ofWGradient = new Buffer(new float[w.length]);
    MemorySegment ofW = Floats.of(w);
    WinogradScratch scratch = scratchFor(new WinogradShape(side, inputs, outputs));
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

      ConvolutionDefinition.Values expected =
          new ConvolutionDefinition(images, side, inputs, outputs).of(x, w, g);
      assertThat(distance(y, expected.out())).isLessThan(ROUNDING);
      assertThat(distance(ofXGradient.values(), expected.inGradient())).isLessThan(ROUNDING);
      assertThat(distance(ofWGradient.values(), expected.weightGradient())).isLessThan(ROUNDING);
    }
  }

  @Test
  void refusesChannelsThatFillNoPanel() {
    int half = Filters.PANEL / 2;
    assertThat(WinogradShape.suits(2 * half, 3 * half)).isFalse();
    assertThat(WinogradShape.suits(256, 512)).isFalse();
    assertThat(WinogradShape.suits(64, 128)).isTrue();
    assertThatThrownBy(() -> new WinogradShape(8, 3 * half, 2 * half))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%d to %d channels, expected multiples of %d up to 256",
            3 * half, 2 * half, Filters.PANEL);
  }

  /** Shared with a larger convolution. */
  private static WinogradScratch scratchFor(WinogradShape shape) {
    return new WinogradScratch(List.of(shape, LARGER));
  }

  private static MemorySegment noNumbers(long count) {
    MemorySegment segment = Floats.of(new float[Math.toIntExact(count)]);
    segment.fill((byte) -1);
    return segment;
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
