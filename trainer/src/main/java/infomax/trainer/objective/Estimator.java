package infomax.trainer.objective;

import infomax.trainer.network.Critics;
import java.util.OptionalDouble;

/**
 * How the mutual information of a pair is estimated from a mini-batch of n images, or what is
 * minimised in its place; both terms use the same one. Losses are minimised.
 */
public sealed interface Estimator {

  /** The critics this estimator trains. */
  Critics critics();

  /**
   * The information in nats that a term's loss vouches for, at least; empty where the loss is no
   * estimate of information.
   *
   * @param loss of the term
   * @param miniBatch images
   * @param locations that z is compared with, per image
   */
  OptionalDouble information(double loss, int miniBatch, int locations);

  /**
   * Estimators that score pairs one by one, with one shuffled negative per positive. Positives are
   * (z_i, z_i) and (z_i, C_i,l); negatives (z_i, z_p(i)) and (z_i, C_q(i),l), p and q random
   * permutations of the mini-batch. Means are over images, in the local term over locations too.
   */
  sealed interface OfPairs extends Estimator {
    /**
     * What T scores by: MLPs, or projections, for which T is left . right / (number of their
     * values). That is the encode-and-dot-product architecture of Deep InfoMax (arXiv 1808.06670,
     * appendix), which has no bound as a cosine has, so that a loss can fall to its end. Hellinger
     * and Donsker-Varadhan take the exponential of T: divided by the root of that number, as in
     * attention, the first scores are so large that they diverge; the number itself is what "Tensor
     * Programs V" (arXiv 2203.03466, definition 4.1) divides by where both sides are to agree.
     */
    @Override
    Critics.OfPairs critics();

    /** The same estimator with another T. */
    OfPairs withCritics(Critics.OfPairs other);
  }

  /**
   * Jensen-Shannon: mean softplus(-T(positive)) + mean softplus(T(negative)); 2 ln 2 is ignorance.
   *
   * @param critics what T scores by
   * @see <a href="https://arxiv.org/abs/1808.06670">Deep InfoMax, equation 4</a>
   */
  record JensenShannon(Critics.OfPairs critics) implements OfPairs {
    @Override
    public OfPairs withCritics(Critics.OfPairs other) {
      return new JensenShannon(other);
    }

    @Override
    public OptionalDouble information(double loss, int miniBatch, int locations) {
      // The bound counts both the positive and the negative.
      return OptionalDouble.of(Math.log(2) - loss / 2);
    }
  }

  /**
   * Squared Hellinger: mean exp(-T(positive)) + mean exp(T(negative)). That is 2 less the bound of
   * the squared Hellinger distance (0 to 2) between pairs and shuffled pairs; 2 is ignorance. A
   * critic that is sure and wrong costs exponentially much.
   *
   * @param critics what T scores by
   * @see <a href="https://arxiv.org/abs/1606.00709">f-GAN, table 6</a>
   */
  record SquaredHellinger(Critics.OfPairs critics) implements OfPairs {
    @Override
    public OfPairs withCritics(Critics.OfPairs other) {
      return new SquaredHellinger(other);
    }

    @Override
    public OptionalDouble information(double loss, int miniBatch, int locations) {
      // KL >= -2 ln(1 - H^2 / 2), and the distance is at least 2 - loss.
      return OptionalDouble.of(2 * Math.log(2 / loss));
    }
  }

  /**
   * Donsker-Varadhan, the bound of the KL divergence itself: ln mean exp(T(negative)) - mean
   * T(positive); 0 is ignorance. It has no lower end, and its gradient hangs on the largest scores.
   *
   * @param critics what T scores by
   * @see <a href="https://arxiv.org/abs/1801.04062">MINE, equation 5</a>
   */
  record DonskerVaradhan(Critics.OfPairs critics) implements OfPairs {
    @Override
    public OfPairs withCritics(Critics.OfPairs other) {
      return new DonskerVaradhan(other);
    }

    @Override
    public OptionalDouble information(double loss, int miniBatch, int locations) {
      return OptionalDouble.of(0 - loss);
    }
  }

  /**
   * InfoNCE over all pairs of the mini-batch: cross-entropy of softmax(cosine / temperature).
   *
   * <p>Global term: left projections of z against right projections of z, the mean of "left i among
   * all rights" and "right i among all lefts". Local term: left projections of z against right
   * projections of the feature map's locations, the mean of "location (i, l) -> which z" (n
   * candidates) and "z_i -> its own location (i, l) against the locations of the other images" (1 +
   * (n - 1) x locations candidates for each l).
   *
   * @param critics the projection heads
   * @param temperature divides the cosines, 0.05 to 10: smaller ones overflow single precision
   */
  record InfoNce(Critics.Projection critics, double temperature) implements Estimator {
    /** Validates the temperature. */
    public InfoNce {
      if (!(temperature >= 0.05 && temperature <= 10)) {
        throw new IllegalArgumentException("temperature " + temperature + ", expected 0.05 to 10");
      }
    }

    @Override
    public OptionalDouble information(double loss, int miniBatch, int locations) {
      double toImages = Math.log(miniBatch);
      double ignorance =
          locations == 1
              ? toImages
              : (toImages + Math.log(1 + (miniBatch - 1) * (double) locations)) / 2;
      return OptionalDouble.of(ignorance - loss);
    }
  }

  /**
   * No estimate of information but what it is compared with: a decoder paints the image from z, and
   * the global term is the mean squared error of its pixels, value / 255 - 0.5. There is no local
   * term.
   *
   * @param critics the decoder
   */
  record Reconstruction(Critics.Decoder critics) implements Estimator {
    @Override
    public OptionalDouble information(double loss, int miniBatch, int locations) {
      return OptionalDouble.empty();
    }
  }
}
