package infomax.trainer.engine;

import infomax.trainer.network.CriticSides;
import infomax.trainer.network.Critics;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.Pooling;
import infomax.trainer.objective.Adam;
import infomax.trainer.objective.Estimator;
import infomax.trainer.objective.LearningRate;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;
import infomax.trainer.view.Views;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the libtorch engine can train. */
final class TorchSupport {

  private static final Pattern KNOWN =
      Pattern.compile(
          "conv\\d+\\.w|bn\\d+\\.[gb]|(mean|logvar)\\.[wb]"
              + "|(global|local)\\.(d[1-4]|(left|right)\\.d[12])\\.[wb]");

  private TorchSupport() {}

  /**
   * Refuses what it cannot train, rather than train something else.
   *
   * @throws IllegalArgumentException naming what it is
   */
  static void require(Preset preset, ParameterLayout layout) {
    unknownOption(preset)
        .or(() -> unknownParameters(layout.tensors().stream().map(ParameterTensor::name).toList()))
        .ifPresent(
            unknown -> {
              throw new IllegalArgumentException(
                  "engine torch cannot train preset '%s', it does not know %s: choose engine nd4j"
                      .formatted(preset.name(), unknown));
            });
  }

  /**
   * The patterns name every component, so that whoever adds an option to a preset decides here what
   * this engine does with it: train it, or name it as unknown.
   */
  private static Optional<String> unknownOption(Preset preset) {
    return switch (preset) {
      case Preset(
              String _,
              Objective(
                  double _,
                  double _,
                  double _,
                  double within,
                  double earlier,
                  CriticSides.Global global,
                  Estimator estimator),
              Adam(LearningRate _, double _, double _, double _, double clip, double average),
              int _,
              double _,
              Views _,
              Pooling pooling,
              boolean _,
              long _) ->
          Stream.of(
                  named("within", within > 0),
                  named("earlier", earlier > 0),
                  named("critic.global=featuremap", global != CriticSides.Global.Z),
                  named(
                      "critic=dot",
                      estimator instanceof Estimator.OfPairs ofPairs
                          && ofPairs.critics() instanceof Critics.Projection),
                  named("pooling=attention", pooling != Pooling.MAX),
                  named("clip", clip > 0),
                  named("average", average > 0))
              .flatMap(Optional::stream)
              .reduce((left, right) -> left + ", " + right)
              .map("the options "::concat);
    };
  }

  private static Optional<String> named(String option, boolean chosen) {
    return chosen ? Optional.of(option) : Optional.empty();
  }

  /** The parameters that no part of this engine reads, in words. */
  static Optional<String> unknownParameters(List<String> names) {
    List<String> unknown = names.stream().filter(name -> !KNOWN.matcher(name).matches()).toList();
    return unknown.isEmpty() ? Optional.empty() : Optional.of("the parameters " + unknown);
  }
}
