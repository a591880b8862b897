package infomax.trainer.kernels;

import java.util.Arrays;

/**
 * Two sums per channel in double precision. Not safe for use by several threads; the arrays are
 * open to the kernels.
 */
public final class ChannelSums {

  final double[] first;
  final double[] second;

  /** Zeros for that many channels. */
  public ChannelSums(int channels) {
    first = new double[channels];
    second = new double[channels];
  }

  /** Sets all sums to zero. */
  public void clear() {
    Arrays.fill(first, 0);
    Arrays.fill(second, 0);
  }

  /** Adds the sums of another part of the mini-batch. */
  public void add(ChannelSums other) {
    for (int c = 0; c < first.length; c++) {
      first[c] += other.first[c];
      second[c] += other.second[c];
    }
  }

  /** The first sum of a channel. */
  public double first(int channel) {
    return first[channel];
  }

  /** The second sum of a channel. */
  public double second(int channel) {
    return second[channel];
  }
}
