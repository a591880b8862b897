package infomax.trainer.objective;

/**
 * The optimiser: Adam (Kingma and Ba, 2015) with bias correction.
 *
 * @param learningRate step size over the training
 * @param beta1 decay of the gradients' running mean, 0 to below 1
 * @param beta2 decay of the squared gradients' running mean, 0 to below 1
 * @param epsilon added to the root of the second moment, above 0
 */
public record Adam(LearningRate learningRate, double beta1, double beta2, double epsilon) {

  /** Validates the numbers. */
  public Adam {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "decays %s and %s, expected 0 to below 1".formatted(beta1, beta2));
    }
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon " + epsilon + ", expected above 0");
    }
  }

  /** The usual decays 0.9 and 0.999, with epsilon 1e-7. */
  public static Adam of(LearningRate learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-7);
  }
}
