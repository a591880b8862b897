package infomax.trainer.objective;

import infomax.trainer.network.CriticSides;
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
            case "infonce" -> new Estimator.InfoNce(Preset.PROJECTIONS, Preset.TEMPERATURE);
            default -> throw unsuitable(value, "js, hellinger, dv or infonce");
          });
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

  /** {@code plain} for the image itself, {@code weak} or {@code strong} for two random views. */
  VIEWS {
    @Override
    Preset applied(Preset preset, String value) {
      return preset.withViews(
          switch (value) {
            case "plain" -> new Views.Plain();
            case "weak" -> new Views.TwoAugmented(Augmentation.WEAK);
            case "strong" -> new Views.TwoAugmented(Augmentation.STRONG);
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

  /** A preset with one option, {@code key=value}, chosen. */
  static Preset apply(Preset preset, String option) {
    int equals = option.indexOf('=');
    String key = equals < 0 ? option : option.substring(0, equals);
    for (PresetOption each : values()) {
      if (equals >= 0 && each.key().equals(key)) {
        return each.applied(preset, option.substring(equals + 1));
      }
    }
    throw new IllegalArgumentException(
        "option '%s', expected key=value with a key of %s".formatted(option, keys()));
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
