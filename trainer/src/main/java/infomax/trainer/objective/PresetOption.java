package infomax.trainer.objective;

import infomax.trainer.network.CriticSides;
import infomax.trainer.network.Critics;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Pooling;
import infomax.trainer.view.Augmentation;
import infomax.trainer.view.Views;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What of a preset can be chosen apart: {@code key=value}, keys in lower case, with a dot for an
 * underscore.
 */
public enum PresetOption {
  /** Weight of the global term, 0 or more. */
  ALPHA {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withObjective(preset.objective().withAlpha(number(value)));
    }
  },

  /** Weight of the local term, 0 or more. */
  BETA {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withObjective(preset.objective().withBeta(number(value)));
    }
  },

  /** Weight of the prior, 0 or more. */
  GAMMA {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withObjective(preset.objective().withGamma(number(value)));
    }
  },

  /** Weight of the information between two locations of the feature map, 0 or more. */
  WITHIN {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withObjective(preset.objective().withWithin(number(value)));
    }
  },

  /** Weight of the information between z and the map before the feature map, 0 or more. */
  EARLIER {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withObjective(preset.objective().withEarlier(number(value)));
    }
  },

  /** What the global term compares z with: {@code z} or {@code featuremap}. */
  CRITIC_GLOBAL {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withObjective(
          preset
              .objective()
              .withGlobal(
                  switch (value) {
                    case "z" -> CriticSides.Global.Z;
                    case "featuremap" -> CriticSides.Global.FEATURE_MAP;
                    default -> throw unsuitable(value, "z or featuremap");
                  }));
    }
  },

  /** {@code js}, {@code hellinger}, {@code dv} or {@code infonce}, with its usual critics. */
  ESTIMATOR {
    @Override
    Preset applied(Preset preset, String value) {
      return withEstimator(
          preset,
          switch (value) {
            case "js" -> new Estimator.JensenShannon(Preset.MLPS);
            case "hellinger" -> new Estimator.SquaredHellinger(Preset.MLPS);
            case "dv" -> new Estimator.DonskerVaradhan(Preset.MLPS);
            case "infonce" ->
                preset.objective().estimator() instanceof Estimator.InfoNce chosen
                    ? chosen
                    : new Estimator.InfoNce(Preset.PROJECTIONS, Preset.TEMPERATURE);
            default -> throw unsuitable(value, "js, hellinger, dv or infonce");
          });
    }
  },

  /** What scores pairs: {@code mlp} or {@code dot}; after the estimator. */
  CRITIC {
    @Override
    Preset applied(Preset preset, String value) {
      Critics.OfPairs critics =
          switch (value) {
            case "mlp" -> Preset.MLPS;
            case "dot" -> Preset.PROJECTIONS;
            default -> throw unsuitable(value, "mlp or dot");
          };
      return switch (preset.objective().estimator()) {
        case Estimator.OfPairs ofPairs -> withEstimator(preset, ofPairs.withCritics(critics));
        case Estimator.InfoNce nce when critics.equals(nce.critics()) -> preset;
        case Estimator.InfoNce _ ->
            throw new IllegalArgumentException(
                ("option critic=mlp: infonce scores all images with all locations of the"
                        + " mini-batch, %d pairs in the local term, too many for an MLP; choose"
                        + " estimator=js, hellinger or dv first")
                    .formatted(pairsOfLocations(preset)));
        case Estimator.Reconstruction _ ->
            throw new IllegalArgumentException(
                "option critic: reconstruction compares nothing; choose an estimator first");
      };
    }
  },

  /** What InfoNCE divides its cosines by, 0.05 to 10. */
  TEMPERATURE {
    @Override
    Preset applied(Preset preset, String value) {
      if (!(preset.objective().estimator() instanceof Estimator.InfoNce nce)) {
        throw new IllegalArgumentException(
            "option temperature: only the estimator infonce has one; choose it first");
      }
      return withEstimator(preset, new Estimator.InfoNce(nce.critics(), number(value)));
    }
  },

  /** Images per step, 2 to 4096. */
  BATCH {
    @Override
    Preset applied(Preset preset, String value) {
      double images = number(value);
      if (images != Math.rint(images)) {
        throw unsuitable(value, "a whole number");
      }
      return preset.withMiniBatch((int) images);
    }
  },

  /** Highest learning rate, above 0. */
  RATE {
    @Override
    Preset applied(Preset preset, String value) {
      Adam adam = preset.adam();
      LearningRate rate =
          switch (adam.learningRate()) {
            case LearningRate.Constant _ -> new LearningRate.Constant(number(value));
            case LearningRate.WarmUpCosine cosine ->
                new LearningRate.WarmUpCosine(number(value), cosine.warmUpSteps());
          };
      return preset.withAdam(adam.withLearningRate(rate));
    }
  },

  /** Longest gradient, above 0; 0 for no limit. */
  CLIP {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withAdam(preset.adam().withGradientMax(number(value)));
    }
  },

  /** What the exported average of the weights keeps of itself in a step; 0 for no average. */
  AVERAGE {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withAdam(preset.adam().withAverageDecay(number(value)));
    }
  },

  /**
   * {@code plain} for the image itself, {@code weak} or {@code strong} for two random views, of
   * which as many are small as were before.
   */
  VIEWS {
    @Override
    Preset applied(Preset preset, String value) {
      double small = preset.views().smallShare();
      return preset.withViews(
          switch (value) {
            case "plain" -> new Views.Plain();
            case "weak" -> new Views.TwoAugmented(Augmentation.WEAK, small);
            case "strong" -> new Views.TwoAugmented(Augmentation.STRONG, small);
            default -> throw unsuitable(value, "plain, weak or strong");
          });
    }
  },

  /** Share of the steps, the first, that see smaller views, 0 to 1; two views only. */
  SMALL {
    @Override
    Preset applied(Preset preset, String value) {
      if (!(preset.views() instanceof Views.TwoAugmented(Augmentation augmentation, double _))) {
        throw new IllegalArgumentException(
            "option small: only two random views can be small; choose views=strong first");
      }
      return preset.withViews(new Views.TwoAugmented(augmentation, number(value)));
    }
  },

  /** How the encoder pools its last map: {@code max} or {@code attention}. */
  POOLING {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withPooling(
          switch (value) {
            case "max" -> Pooling.MAX;
            case "attention" -> Pooling.ATTENTION;
            default -> throw unsuitable(value, "max or attention");
          });
    }
  },

  /** {@code true} if the exported encoder whitens z. */
  WHITENED {
    @Override
    Preset applied(Preset preset, String value) {
      return switch (value) {
        case "true" -> preset.withWhitened(true);
        case "false" -> preset.withWhitened(false);
        default -> throw unsuitable(value, "true or false");
      };
    }
  };

  abstract Preset applied(Preset preset, String value);

  /** The keys of all options. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(PresetOption::key).toList();
  }

  /** A preset with options, each {@code key=value}, chosen one after the other. */
  static Preset apply(Preset preset, List<String> options) {
    Preset reached = preset;
    boolean criticChosen = false;
    for (String option : options) {
      PresetOption each = of(option);
      if (each == ESTIMATOR && criticChosen) {
        throw new IllegalArgumentException(
            "option critic: an estimator chosen after it brings its own; choose the estimator"
                + " first");
      }
      criticChosen |= each == CRITIC;
      reached = each.applied(reached, option.substring(option.indexOf('=') + 1));
    }
    return reached;
  }

  private static PresetOption of(String option) {
    return Arrays.stream(values())
        .filter(each -> option.startsWith(each.key() + "="))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "option '%s', expected key=value with a key of %s".formatted(option, keys())));
  }

  /** Of every view with the next; an MLP's work on these is several times the encoder's. */
  private static long pairsOfLocations(Preset preset) {
    int locations = NetworkShape.of(32).locations();
    return (long) preset.pictures() * preset.miniBatch() * locations;
  }

  private static Preset withEstimator(Preset preset, Estimator estimator) {
    return preset.withObjective(preset.objective().withEstimator(estimator));
  }

  private String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  double number(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw unsuitable(value, "a number");
    }
  }

  IllegalArgumentException unsuitable(String value, String expected) {
    return new IllegalArgumentException(
        "option %s=%s, expected %s".formatted(key(), value, expected));
  }
}
