package infomax.trainer.engine;

import java.util.Map;
import java.util.TreeMap;

/**
 * The losses of one mini-batch, before the step's update.
 *
 * @param total alpha * global + beta * local + gamma * prior + within * within + earlier * earlier
 * @param global the global information term
 * @param local the local information term
 * @param prior KL divergence to the standard normal per dimension
 * @param within the term of locations of the feature map; 0 where there is none
 * @param earlier the term of the map before the feature map; 0 where there is none
 */
public record StepLosses(
    double total, double global, double local, double prior, double within, double earlier) {

  /** All of them by name; those of terms that few presets have where they are not 0. */
  public Map<String, Double> byName() {
    Map<String, Double> losses = new TreeMap<>();
    losses.put("total", total);
    losses.put("global", global);
    losses.put("local", local);
    losses.put("prior", prior);
    if (within != 0) {
      losses.put("within", within);
    }
    if (earlier != 0) {
      losses.put("earlier", earlier);
    }
    return losses;
  }

  boolean finite() {
    return Double.isFinite(total);
  }
}
