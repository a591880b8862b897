package infomax.trainer.network;

import java.util.ArrayList;
import java.util.List;

/**
 * The encoder's architecture, fixed by two numbers and a choice.
 *
 * <p>Input (n, 3, s, s), value / 255 - 0.5. Then B blocks of [conv 3x3, batch norm, LeakyReLU 0.2,
 * max pool 2x2] with z / 2^(B-1), ..., z / 2, z channels, down to the feature map C of 4x4
 * locations and z channels: B = 3 for 32 px, B = 4 for 64 px. Then two of [conv 3x3 z -> z, batch
 * norm, LeakyReLU 0.2], a pool over all locations h (n, z), and two dense layers from h: the mean
 * and the log variance of p(z|x). The embedding is the mean.
 *
 * <p>No weight depends on the input's size, so a network can be trained on smaller pictures than it
 * is made for: 24 and 48 px are three quarters, with a feature map of 3x3 locations.
 *
 * @param inputSize height and width of an input image in pixels: 32 or 64; 24 or 48 in training
 * @param dimensions z, the length of an embedding: at most 4096, and a multiple of 2^(B-1)
 * @param pooling from the last map to h
 */
public record NetworkShape(int inputSize, int dimensions, Pooling pooling) {

  /** Length of an embedding unless chosen otherwise. */
  public static final int DEFAULT_DIMENSIONS = 256;

  /** Colour channels of an input image. */
  public static final int COLOURS = 3;

  /** Convolutions between the feature map and the pool over all locations. */
  public static final int CONVOLUTIONS_AFTER_FEATURE_MAP = 2;

  /** Added to a variance before its root is taken, in every batch normalisation. */
  public static final float NORM_EPSILON = 1e-3f;

  /** Slope of LeakyReLU below zero. */
  public static final float LEAKY_SLOPE = 0.2f;

  private static final int DIMENSIONS_MAX = 4096;
  private static final List<Integer> INPUT_SIZES = List.of(32, 64, 24, 48);

  /** Validates the numbers. */
  public NetworkShape {
    if (!INPUT_SIZES.contains(inputSize)) {
      throw new IllegalArgumentException(
          "input size " + inputSize + " px, expected one of " + INPUT_SIZES);
    }
    int divisor = 1 << (blocksOf(inputSize) - 1);
    if (dimensions < divisor || dimensions > DIMENSIONS_MAX || dimensions % divisor != 0) {
      throw new IllegalArgumentException(
          "dimensions %d, expected a multiple of %d between %d and %d"
              .formatted(dimensions, divisor, divisor, DIMENSIONS_MAX));
    }
  }

  /** The shape that pools by the largest value. */
  public NetworkShape(int inputSize, int dimensions) {
    this(inputSize, dimensions, Pooling.MAX);
  }

  /** The shape for an input size with the default length of an embedding. */
  public static NetworkShape of(int inputSize) {
    return new NetworkShape(inputSize, DEFAULT_DIMENSIONS);
  }

  /** The same with another pool over all locations. */
  public NetworkShape withPooling(Pooling other) {
    return new NetworkShape(inputSize, dimensions, other);
  }

  /** Channels of the map before C: half as many. */
  public int earlierChannels() {
    return dimensions / 2;
  }

  /** B, the number of pooled blocks: 3 for 32 px, 4 for 64 px. */
  public int blocks() {
    return blocksOf(inputSize);
  }

  /** Height and width of the feature map C. */
  public int featureMapSide() {
    return inputSize >> blocks();
  }

  /** Locations of the feature map C. */
  public int locations() {
    return featureMapSide() * featureMapSide();
  }

  /** Locations of the map before C, twice as high and wide. */
  public int earlierLocations() {
    return 4 * locations();
  }

  /** The same network for images of another size, which must need as many blocks. */
  public NetworkShape at(int otherInputSize) {
    NetworkShape other = new NetworkShape(otherInputSize, dimensions, pooling);
    if (other.blocks() != blocks()) {
      throw new IllegalArgumentException(
          "a network for %d px cannot see images of %d px".formatted(inputSize, otherInputSize));
    }
    return other;
  }

  /**
   * All convolutions from the input to the pool over all locations: B pooled ones, then two plain
   * ones.
   */
  public List<Convolution> convolutions() {
    List<Convolution> convolutions = new ArrayList<>();
    int side = inputSize;
    int channels = COLOURS;
    for (int block = 0; block < blocks(); block++) {
      int output = dimensions >> (blocks() - 1 - block);
      convolutions.add(new Convolution(block, side, channels, output, true));
      side /= 2;
      channels = output;
    }
    for (int i = 0; i < CONVOLUTIONS_AFTER_FEATURE_MAP; i++) {
      convolutions.add(new Convolution(blocks() + i, side, channels, dimensions, false));
    }
    return List.copyOf(convolutions);
  }

  /** Bytes of one input image: colours x side x side, one byte each. */
  public int imageBytes() {
    return COLOURS * inputSize * inputSize;
  }

  /** Part of a network's digest: what pools by the largest value has been written without that. */
  @Override
  public String toString() {
    return "NetworkShape[inputSize=%d, dimensions=%d%s]"
        .formatted(
            inputSize, dimensions, pooling == Pooling.MAX ? "" : ", pooling=" + pooling.text());
  }

  private static int blocksOf(int inputSize) {
    int leastSide = inputSize % 3 == 0 ? 3 : 4;
    return Integer.numberOfTrailingZeros(inputSize / leastSide);
  }
}
