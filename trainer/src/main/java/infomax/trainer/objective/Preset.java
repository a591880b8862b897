package infomax.trainer.objective;

import infomax.trainer.network.Critics;
import infomax.trainer.view.Augmentation;
import infomax.trainer.view.Views;
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
 * @param views what a step sees of each image
 * @param whitened whether the exported encoder whitens z; the published recipe knows no whitening
 */
public record Preset(
    String name,
    Objective objective,
    Adam adam,
    int miniBatch,
    double normMomentum,
    Views views,
    boolean whitened) {

  private static final Adam CONSTANT = Adam.of(new LearningRate.Constant(1e-3));
  private static final Adam COSINE = Adam.of(new LearningRate.WarmUpCosine(1e-3, 100));
  private static final Estimator INFO_NCE =
      new Estimator.InfoNce(new Critics.Projection(256, 128), 0.1);
  private static final Estimator JENSEN_SHANNON = new Estimator.JensenShannon(new Critics.Mlp(256));
  private static final Estimator RECONSTRUCTION =
      new Estimator.Reconstruction(new Critics.Decoder(1024));

  private static final List<Preset> ALL =
      List.of(
          new Preset(
              "default",
              Objective.withPublishedWeights(INFO_NCE),
              COSINE,
              128,
              0.9,
              new Views.TwoAugmented(Augmentation.STRONG),
              true),
          new Preset(
              "one-view",
              Objective.withPublishedWeights(INFO_NCE),
              COSINE,
              64,
              0.9,
              new Views.Plain(),
              true),
          published("seed", Objective.withPublishedWeights(JENSEN_SHANNON)),
          published("global-only", new Objective(0.5, 0, 0.01, JENSEN_SHANNON)),
          published("local-only", new Objective(0, 1.5, 0.01, JENSEN_SHANNON)),
          published("autoencoder", new Objective(1, 0, 0, RECONSTRUCTION)));

  private static Preset published(String name, Objective objective) {
    return new Preset(name, objective, CONSTANT, 64, 0.99, new Views.Plain(), false);
  }

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
   * The preset of that name: {@code default} (InfoNCE over all pairs of the mini-batch, across two
   * random views), {@code one-view} (the same within the image itself, for short trainings), {@code
   * seed} (the published recipe: Jensen-Shannon with one shuffled negative), {@code global-only}
   * and {@code local-only} (the same with one of its terms), {@code autoencoder} (the same encoder
   * and optimiser, trained to reconstruct).
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

  /** The same preset with mini-batches of another size. */
  public Preset withMiniBatch(int images) {
    return new Preset(name, objective, adam, images, normMomentum, views, whitened);
  }

  /** Pictures that pass through the network in a step: every view of every image. */
  public int pictures() {
    return miniBatch * views.count();
  }

  /** The critics trained beside the encoder. */
  public Critics critics() {
    return objective.estimator().critics();
  }
}
