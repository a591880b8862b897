package infomax.trainer.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A row holds the normalised neighbourhood of its pixel, and zeros beyond the edge. */
class PatchWriterTest {

  private static final int SIDE = 5;

  @Test
  void rowsHoldNeighbourhoods() {
    byte[] pixels = new byte[2 * 3 * SIDE * SIDE];
    new Random(1).nextBytes(pixels);
    MemorySegment out = Floats.random(3 * SIDE * SIDE * PatchWriter.PATCH, 2);
    float[] before = Floats.array(out);
    new PatchWriter(SIDE).write(pixels, 1, out, 2);

    float[] after = Floats.array(out);
    int first = 2 * SIDE * SIDE * PatchWriter.PATCH;
    for (int i = 0; i < first; i++) {
      assertThat(after[i]).isEqualTo(before[i]);
    }
    for (int i = first; i < after.length; i++) {
      int column = i % PatchWriter.PATCH;
      int pixel = (i - first) / PatchWriter.PATCH;
      int y = pixel / SIDE + column / 9 - 1;
      int x = pixel % SIDE + column / 3 % 3 - 1;
      boolean inside = y >= 0 && y < SIDE && x >= 0 && x < SIDE;
      float expected =
          inside
              ? Byte.toUnsignedInt(pixels[((3 + column % 3) * SIDE + y) * SIDE + x]) / 255f - 0.5f
              : 0;
      assertThat(after[i]).isEqualTo(expected);
    }
  }
}
