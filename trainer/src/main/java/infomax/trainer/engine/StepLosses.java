package infomax.trainer.engine;

/**
 * The losses of one mini-batch, before the step's update.
 *
 * @param total alpha * global + beta * local + gamma * prior
 * @param global the global information term
 * @param local the local information term
 * @param prior KL divergence to the standard normal per dimension
 */
public record StepLosses(double total, double global, double local, double prior) {

  boolean finite() {
    return Double.isFinite(total);
  }
}
