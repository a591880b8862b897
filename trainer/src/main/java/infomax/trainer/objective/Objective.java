package infomax.trainer.objective;

import infomax.trainer.network.CriticSides;

/**
 * The minimised loss: alpha * global + beta * local + gamma * prior (equation 14 of "Mutual
 * information in deep learning: unsupervised feature extraction", spaces.ac.cn), and where they are
 * asked for + within * (locations of the feature map C with one another) + earlier * (z with the
 * locations of the map before C).
 *
 * <p>The prior is the KL divergence of N(mean, exp(logvar)) to N(0, 1), averaged over images and
 * dimensions: -0.5 mean(1 + logvar - mean^2 - exp(logvar)).
 *
 * @param alpha weight of the global term, 0 or more; 0 switches it off
 * @param beta weight of the local term, 0 or more; 0 switches it off
 * @param gamma weight of the prior, 0 or more
 * @param within weight of the information between two locations of C, C_ij with another C_i'j' of
 *     the same image against one of another image; 0 or more; 0 switches it off
 * @param earlier weight of the information between z and the locations of the map before C, 0 or
 *     more; 0 switches it off
 * @param global what the global term compares z with
 * @param estimator how all information terms are estimated
 */
public record Objective(
    double alpha,
    double beta,
    double gamma,
    double within,
    double earlier,
    CriticSides.Global global,
    Estimator estimator) {

  /** Validates the weights. */
  public Objective {
    requireWeight("alpha", alpha);
    requireWeight("beta", beta);
    requireWeight("gamma", gamma);
    requireWeight("within", within);
    requireWeight("earlier", earlier);
    if (estimator instanceof Estimator.Reconstruction) {
      requireNone("beta", beta);
      requireNone("within", within);
      requireNone("earlier", earlier);
      if (global != CriticSides.Global.Z) {
        throw new IllegalArgumentException(
            "global critic of the feature map, expected of z: reconstruction decodes z");
      }
    }
  }

  /** Equation 14 alone. */
  public Objective(double alpha, double beta, double gamma, Estimator estimator) {
    this(alpha, beta, gamma, 0, 0, CriticSides.Global.Z, estimator);
  }

  /** The published weights: 0.5, 1.5 and 0.01. */
  public static Objective withPublishedWeights(Estimator estimator) {
    return new Objective(0.5, 1.5, 0.01, estimator);
  }

  /** What the critics of these terms look at. */
  public CriticSides sides() {
    return new CriticSides(global, within > 0, earlier > 0);
  }

  /** The same with another weight of the global term. */
  public Objective withAlpha(double other) {
    return new Objective(other, beta, gamma, within, earlier, global, estimator);
  }

  /** The same with another weight of the local term. */
  public Objective withBeta(double other) {
    return new Objective(alpha, other, gamma, within, earlier, global, estimator);
  }

  /** The same with another weight of the prior. */
  public Objective withGamma(double other) {
    return new Objective(alpha, beta, other, within, earlier, global, estimator);
  }

  /** The same with another weight of the information within the feature map. */
  public Objective withWithin(double other) {
    return new Objective(alpha, beta, gamma, other, earlier, global, estimator);
  }

  /** The same with another weight of the information of the map before C. */
  public Objective withEarlier(double other) {
    return new Objective(alpha, beta, gamma, within, other, global, estimator);
  }

  /** The same with z compared with something else by the global term. */
  public Objective withGlobal(CriticSides.Global other) {
    return new Objective(alpha, beta, gamma, within, earlier, other, estimator);
  }

  /** The same with another estimator. */
  public Objective withEstimator(Estimator other) {
    return new Objective(alpha, beta, gamma, within, earlier, global, other);
  }

  private static void requireWeight(String name, double value) {
    if (!(value >= 0 && value <= 1e6)) {
      throw new IllegalArgumentException(name + " " + value + ", expected 0 to 1000000");
    }
  }

  private static void requireNone(String name, double value) {
    if (value != 0) {
      throw new IllegalArgumentException(
          "%s %s, expected 0: reconstruction has no such term".formatted(name, value));
    }
  }
}
