package infomax.trainer.kernels;

/**
 * A 3x3 convolution, stride 1, same padding, and its two gradients, each by summing every product
 * in double precision.
 *
 * @param images how many
 * @param side height and width of the maps
 * @param inputs channels read
 * @param outputs channels written
 */
public record ConvolutionDefinition(int images, int side, int inputs, int outputs) {

  /** Height and width of a filter. */
  public static final int KERNEL = 3;

  /**
   * What is to be computed.
   *
   * @param out (image, y, x, output)
   * @param inGradient (image, y, x, input)
   * @param weightGradient (y, x, input, output)
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Values(double[] out, double[] inGradient, double[] weightGradient) {}

  /** Of inputs {@code x}, weights {@code w}, and a gradient of the output {@code g}. */
  public Values of(float[] x, float[] w, float[] g) {
    Values sums = new Values(new double[g.length], new double[x.length], new double[w.length]);
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
            int to = pixel * outputs + o;
            sums.out[to] += (double) x[from + i] * w[weight];
            sums.inGradient[from + i] += (double) g[to] * w[weight];
            sums.weightGradient[weight] += (double) g[to] * x[from + i];
          }
        }
      }
    }
    return sums;
  }

  /** Length of the difference over the length of what was expected. */
  public static double distance(float[] computed, double[] expected) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(computed[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / length);
  }
}
