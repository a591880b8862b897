package infomax.trainer.network;

/**
 * What is trained beside the encoder: two discriminators, one for each mutual information term, or
 * a decoder. Not part of an encoder release.
 */
public sealed interface Critics {

  /** What scores a pair of two sides. */
  sealed interface OfPairs extends Critics permits Mlp, Projection {}

  /**
   * Scores a pair with an MLP: the two sides concatenated, then three dense layers with ReLU, then
   * one output. The local one is shared over the feature map's locations.
   *
   * @param width outputs of each hidden layer
   */
  record Mlp(int width) implements OfPairs {
    /** Validates the width. */
    public Mlp {
      requirePositive("critic width", width);
    }
  }

  /**
   * Scores a pair by two projections. Each side of each term has its own head: dense, ReLU, dense.
   * InfoNCE compares them by their cosine; estimators over single pairs by their dot product over
   * the number of their values.
   *
   * @param hidden outputs of a head's first layer
   * @param output length of a projection
   */
  record Projection(int hidden, int output) implements OfPairs {
    /** Validates both widths. */
    public Projection {
      requirePositive("projection's hidden width", hidden);
      requirePositive("projection's length", output);
    }
  }

  /**
   * Paints an image from z: dense, ReLU, dense. No critic, but in the place of one.
   *
   * @param width outputs of the first layer
   */
  record Decoder(int width) implements Critics {
    /** Validates the width. */
    public Decoder {
      requirePositive("decoder width", width);
    }
  }

  private static void requirePositive(String what, int value) {
    if (value < 1 || value > 4096) {
      throw new IllegalArgumentException(what + " " + value + ", expected 1 to 4096");
    }
  }
}
