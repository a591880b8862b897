package infomax.trainer.objective;

import infomax.trainer.network.Critics;
import java.util.List;

/**
 * A named way to train: everything but the network's shape, the images and the seed.
 *
 * @param name how configuration and requests call it
 * @param objective what is minimised
 * @param adam how
 * @param miniBatch images per step, 2 to 4096
 * @param normMomentum share of the old value in a batch normalisation's running statistics, 0 to
 *     below 1
 */
public record Preset(
    String name, Objective objective, Adam adam, int miniBatch, double normMomentum) {

  private static final List<Preset> ALL =
      List.of(
          new Preset(
              "default",
              Objective.withPublishedWeights(
                  new Estimator.InfoNce(new Critics.Projection(256, 128), 0.1)),
              Adam.of(new LearningRate.WarmUpCosine(1e-3, 100)),
              64,
              0.9),
          new Preset(
              "seed",
              Objective.withPublishedWeights(new Estimator.JensenShannon(new Critics.Mlp(256))),
              Adam.of(new LearningRate.Constant(1e-3)),
              64,
              0.99));

  /** Validates the numbers. */
  public Preset {
    if (miniBatch < 2 || miniBatch > 4096) {
      throw new IllegalArgumentException(
          "mini-batch of " + miniBatch + " images, expected 2 to 4096");
    }
    if (!(normMomentum >= 0 && normMomentum < 1)) {
      throw new IllegalArgumentException(
          "batch norm momentum " + normMomentum + ", expected 0 to below 1");
    }
  }

  /**
   * The preset of that name: {@code default} (InfoNCE over all pairs of the mini-batch) or {@code
   * seed} (the published recipe: Jensen-Shannon with one shuffled negative).
   *
   * @throws IllegalArgumentException if there is none, naming those there are
   */
  public static Preset named(String name) {
    return ALL.stream()
        .filter(preset -> preset.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "preset '%s', expected one of %s".formatted(name, names())));
  }

  /** The names of all presets. */
  public static List<String> names() {
    return ALL.stream().map(Preset::name).toList();
  }

  /** The critics trained beside the encoder. */
  public Critics critics() {
    return objective.estimator().critics();
  }
}
