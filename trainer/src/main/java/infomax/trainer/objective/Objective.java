package infomax.trainer.objective;

/**
 * The minimised loss: alpha * global + beta * local + gamma * prior (equation 14 of "Mutual
 * information in deep learning: unsupervised feature extraction", spaces.ac.cn).
 *
 * <p>The prior is the KL divergence of N(mean, exp(logvar)) to N(0, 1), averaged over images and
 * dimensions: -0.5 mean(1 + logvar - mean^2 - exp(logvar)).
 *
 * @param alpha weight of the global term, 0 or more; 0 switches it off
 * @param beta weight of the local term, 0 or more; 0 switches it off
 * @param gamma weight of the prior, 0 or more
 * @param estimator how both mutual information terms are estimated
 */
public record Objective(double alpha, double beta, double gamma, Estimator estimator) {

  /** Validates the weights. */
  public Objective {
    requireWeight("alpha", alpha);
    requireWeight("beta", beta);
    requireWeight("gamma", gamma);
    if (estimator instanceof Estimator.Reconstruction && beta != 0) {
      throw new IllegalArgumentException(
          "beta " + beta + ", expected 0: reconstruction has no local term");
    }
  }

  /** The published weights: 0.5, 1.5 and 0.01. */
  public static Objective withPublishedWeights(Estimator estimator) {
    return new Objective(0.5, 1.5, 0.01, estimator);
  }

  private static void requireWeight(String name, double value) {
    if (!(value >= 0 && value <= 1e6)) {
      throw new IllegalArgumentException(name + " " + value + ", expected 0 to 1000000");
    }
  }
}
