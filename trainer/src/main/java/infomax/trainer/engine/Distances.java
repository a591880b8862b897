package infomax.trainer.engine;

import infomax.trainer.network.ParameterTensor;
import java.util.Arrays;

/** How far computed values are from expected ones. */
final class Distances {

  private Distances() {}

  /** Length of the difference over length of what is expected. */
  static double relative(float[] computed, float[] expected) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) computed[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference) / Math.max(1e-30, Math.sqrt(length));
  }

  /** The same for one tensor of two flat buffers. */
  static double relative(float[] computed, float[] expected, ParameterTensor tensor) {
    return relative(
        Arrays.copyOfRange(computed, tensor.offset(), tensor.end()),
        Arrays.copyOfRange(expected, tensor.offset(), tensor.end()));
  }
}
