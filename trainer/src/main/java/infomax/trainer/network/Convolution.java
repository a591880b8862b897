package infomax.trainer.network;

/**
 * One 3x3 convolution of the encoder with the batch normalisation and LeakyReLU (slope 0.2) that
 * follow it: stride 1, zero padding, no bias (the normalisation would cancel it).
 *
 * @param ordinal place among the network's convolutions, from 0
 * @param side height and width of its input, and of its output before pooling, in pixels
 * @param inputChannels channels read
 * @param outputChannels channels written
 * @param pooled whether a 2x2 max pool with stride 2 follows the LeakyReLU
 */
public record Convolution(
    int ordinal, int side, int inputChannels, int outputChannels, boolean pooled) {

  /** Height and width of the kernel. */
  public static final int KERNEL = 3;

  /** Height and width of the output after pooling, if any, in pixels. */
  public int pooledSide() {
    return pooled ? side / 2 : side;
  }
}
