package infomax.trainer.engine;

import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.objective.Preset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the libtorch engine can train. */
final class TorchSupport {

  private static final Pattern KNOWN =
      Pattern.compile(
          "conv\\d+\\.w|bn\\d+\\.[gb]|pool\\.w|(mean|logvar)\\.[wb]"
              + "|(global|local|within|earlier)\\.(d[1-4]|(left|right)\\.d[12])\\.[wb]");

  private TorchSupport() {}

  /**
   * Refuses a network with parameters that nothing here reads, rather than train another one:
   * whoever adds a part to the network adds it to this engine too, or it is refused.
   *
   * @throws IllegalArgumentException naming the parameters
   */
  static void require(Preset preset, ParameterLayout layout) {
    unknownParameters(layout.tensors().stream().map(ParameterTensor::name).toList())
        .ifPresent(
            unknown -> {
              throw new IllegalArgumentException(
                  "engine torch cannot train preset '%s', it does not know %s: choose engine nd4j"
                      .formatted(preset.name(), unknown));
            });
  }

  /** The parameters that no part of this engine reads, in words. */
  static Optional<String> unknownParameters(List<String> names) {
    List<String> unknown = names.stream().filter(name -> !KNOWN.matcher(name).matches()).toList();
    return unknown.isEmpty() ? Optional.empty() : Optional.of("the parameters " + unknown);
  }
}
