package infomax.encoder;

import infomax.events.Digest;
import infomax.imaging.EncoderPixels;
import infomax.testing.TinyEncoder;
import java.util.Arrays;
import java.util.Random;

/** A process that opens encoders and embeds to the end of its own shutdown hook, and counts. */
final class StoppingProcess {

  static final int ENCODERS = 200;

  private static final int SIZE = 8;
  private static final int DIMENSIONS = 5;
  private static final byte[] ONNX = TinyEncoder.onnx(SIZE, DIMENSIONS, 42);

  private StoppingProcess() {}

  static void main() {
    float[] expected = embedding();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> embed(expected)));
    System.exit(0);
  }

  private static void embed(float[] expected) {
    int same = 0;
    for (int turn = 0; turn < ENCODERS; turn++) {
      if (Arrays.equals(embedding(), expected)) {
        same++;
      }
    }
    System.out.println(same);
  }

  private static float[] embedding() {
    byte[] pixels = new byte[3 * SIZE * SIZE];
    new Random(1).nextBytes(pixels);
    try (Encoder encoder = Encoder.open(ONNX, Digest.of(ONNX), SIZE, DIMENSIONS, 1)) {
      return encoder.embed(EncoderPixels.ofBytes(SIZE, pixels)).components();
    }
  }
}
