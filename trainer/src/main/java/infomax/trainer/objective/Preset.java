package infomax.trainer.objective;

import infomax.trainer.network.CriticSides;
import infomax.trainer.network.Critics;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.Pooling;
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
 * @param pooling how the encoder pools its last map
 * @param whitened whether the exported encoder whitens z; the published recipe knows no whitening
 * @param images how many images a training passes through the network unless told otherwise, with
 *     repetition
 */
public record Preset(
    String name,
    Objective objective,
    Adam adam,
    int miniBatch,
    double normMomentum,
    Views views,
    Pooling pooling,
    boolean whitened,
    long images) {

  private static final Adam CONSTANT = Adam.of(new LearningRate.Constant(1e-3));
  private static final Adam COSINE = Adam.of(new LearningRate.WarmUpCosine(1e-3, 100));
  static final Critics.Projection PROJECTIONS = new Critics.Projection(256, 128);
  static final Critics.Mlp MLPS = new Critics.Mlp(256);
  static final double TEMPERATURE = 0.1;
  private static final Estimator INFO_NCE = new Estimator.InfoNce(PROJECTIONS, TEMPERATURE);
  private static final Estimator JENSEN_SHANNON = new Estimator.JensenShannon(MLPS);
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
              new Views.TwoAugmented(Augmentation.STRONG, 0.8),
              Pooling.MAX,
              true,
              300_000),
          new Preset(
              "one-view",
              Objective.withPublishedWeights(INFO_NCE),
              COSINE,
              64,
              0.9,
              new Views.Plain(),
              Pooling.MAX,
              true,
              // On 5,000 CIFAR-10 images the first count that is clearly past pixels.
              12_000),
          published("seed", Objective.withPublishedWeights(JENSEN_SHANNON)),
          published("global-only", new Objective(0.5, 0, 0.01, JENSEN_SHANNON)),
          published("local-only", new Objective(0, 1.5, 0.01, JENSEN_SHANNON)),
          published("autoencoder", new Objective(1, 0, 0, RECONSTRUCTION)));

  private static Preset published(String name, Objective objective) {
    return new Preset(
        name, objective, CONSTANT, 64, 0.99, new Views.Plain(), Pooling.MAX, false, 100_000);
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
    if (views.smallShare() > 0
        && (objective.estimator() instanceof Estimator.Reconstruction
            || objective.global() == CriticSides.Global.FEATURE_MAP)) {
      throw new IllegalArgumentException(
          "a decoder, and a critic of the whole feature map, are made for one size of images:"
              + " choose small=0 first");
    }
    if (images < 1) {
      throw new IllegalArgumentException(images + " images, expected 1 or more");
    }
  }

  /**
   * The preset of that name: {@code default} (InfoNCE over all pairs of the mini-batch, across two
   * random views), {@code one-view} (the same within the image itself, for short trainings), {@code
   * seed} (the published recipe: Jensen-Shannon with one shuffled negative), {@code global-only}
   * and {@code local-only} (the same with one of its terms), {@code autoencoder} (the same encoder
   * and optimiser, trained to reconstruct).
   *
   * <p>A name may be followed by options, each {@code +key=value}, as in {@code
   * seed+estimator=hellinger+batch=128}; see {@link PresetOption}.
   *
   * @throws IllegalArgumentException if there is no such preset or option, naming those there are,
   *     or if a value does not suit
   */
  public static Preset named(String name) {
    List<String> parts = List.of(name.split("\\+", -1));
    Preset preset =
        ALL.stream()
            .filter(each -> each.name().equals(parts.getFirst()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "preset '%s', expected one of %s".formatted(parts.getFirst(), names())));
    return PresetOption.apply(preset, parts.subList(1, parts.size())).withName(name);
  }

  /** The names of all presets. */
  public static List<String> names() {
    return ALL.stream().map(Preset::name).toList();
  }

  /** The same preset under another name. */
  public Preset withName(String other) {
    return new Preset(
        other, objective, adam, miniBatch, normMomentum, views, pooling, whitened, images);
  }

  /** The same preset with another objective. */
  public Preset withObjective(Objective other) {
    return new Preset(name, other, adam, miniBatch, normMomentum, views, pooling, whitened, images);
  }

  /** The same preset with another optimiser. */
  public Preset withAdam(Adam other) {
    return new Preset(
        name, objective, other, miniBatch, normMomentum, views, pooling, whitened, images);
  }

  /** The same preset with mini-batches of another size. */
  public Preset withMiniBatch(int other) {
    return new Preset(name, objective, adam, other, normMomentum, views, pooling, whitened, images);
  }

  /** The same preset with other views. */
  public Preset withViews(Views other) {
    return new Preset(
        name, objective, adam, miniBatch, normMomentum, other, pooling, whitened, images);
  }

  /** The same preset with another pool behind the encoder's last map. */
  public Preset withPooling(Pooling other) {
    return new Preset(
        name, objective, adam, miniBatch, normMomentum, views, other, whitened, images);
  }

  /** The same preset, with the exported encoder whitening z or not. */
  public Preset withWhitened(boolean other) {
    return new Preset(
        name, objective, adam, miniBatch, normMomentum, views, pooling, other, images);
  }

  /** Pictures that pass through the network in a step: every view of every image. */
  public int pictures() {
    return miniBatch * views.count();
  }

  /** The parameters it trains with an encoder of that shape, which it pools its own way. */
  public ParameterLayout layout(NetworkShape shape) {
    return ParameterLayout.of(shape.withPooling(pooling), critics(), objective.sides());
  }

  /** The critics trained beside the encoder. */
  public Critics critics() {
    return objective.estimator().critics();
  }
}
