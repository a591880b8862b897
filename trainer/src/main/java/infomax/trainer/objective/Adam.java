package infomax.trainer.objective;

/**
 * The optimiser: Adam (Kingma and Ba, 2015) with bias correction, and what may surround it.
 *
 * @param learningRate step size over the training
 * @param beta1 decay of the gradients' running mean, 0 to below 1
 * @param beta2 decay of the squared gradients' running mean, 0 to below 1
 * @param epsilon added to the root of the second moment, above 0
 * @param gradientMax longest gradient, over all parameters; a longer one is scaled down to it
 *     before the moments see it; 0 for no limit
 * @param averageDecay the exported encoder's weights are an exponential moving average over the
 *     steps, and this is what the average keeps of itself in each, 0 to below 1; 0 exports the last
 *     weights
 */
public record Adam(
    LearningRate learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double gradientMax,
    double averageDecay) {

  /** Validates the numbers. */
  public Adam {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "decays %s and %s, expected 0 to below 1".formatted(beta1, beta2));
    }
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon " + epsilon + ", expected above 0");
    }
    if (!(gradientMax >= 0 && gradientMax <= 1e6)) {
      throw new IllegalArgumentException(
          "longest gradient " + gradientMax + ", expected 0 to 1000000");
    }
    if (!(averageDecay >= 0 && averageDecay < 1)) {
      throw new IllegalArgumentException(
          "decay of the average " + averageDecay + ", expected 0 to below 1");
    }
  }

  /** Adam alone: any gradient, the last weights. */
  public Adam(LearningRate learningRate, double beta1, double beta2, double epsilon) {
    this(learningRate, beta1, beta2, epsilon, 0, 0);
  }

  /** The usual decays 0.9 and 0.999, with epsilon 1e-7. */
  public static Adam of(LearningRate learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-7);
  }

  /** The same with another step size. */
  public Adam withLearningRate(LearningRate other) {
    return new Adam(other, beta1, beta2, epsilon, gradientMax, averageDecay);
  }

  /** The same with another longest gradient. */
  public Adam withGradientMax(double other) {
    return new Adam(learningRate, beta1, beta2, epsilon, other, averageDecay);
  }

  /** The same with another decay of the average. */
  public Adam withAverageDecay(double other) {
    return new Adam(learningRate, beta1, beta2, epsilon, gradientMax, other);
  }
}
