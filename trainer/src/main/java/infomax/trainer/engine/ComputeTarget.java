package infomax.trainer.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a training is computed by, and where.
 *
 * @param engine the library
 * @param device the processor
 * @param precision of a step's convolutions; empty for the fastest there is
 */
public record ComputeTarget(Engine engine, Device device, Optional<Precision> precision) {

  /** ND4J on the CPU, as fast as it can. */
  public static final ComputeTarget DEFAULT =
      new ComputeTarget(Engine.ND4J, Device.AUTO, Optional.empty());

  /** Refuses what no engine does. */
  public ComputeTarget {
    if (engine == Engine.ND4J && device == Device.CUDA) {
      throw new IllegalArgumentException(
          "engine nd4j computes on the CPU alone, expected engine torch for device cuda");
    }
  }

  /** ND4J on the CPU in that precision. */
  public static ComputeTarget nd4j(Precision precision) {
    return new ComputeTarget(Engine.ND4J, Device.AUTO, Optional.of(precision));
  }

  /**
   * The target of these names, in lower case; {@code auto} is a precision too. Loads nothing.
   *
   * @throws IllegalArgumentException if one is unknown, naming those there are, or if they do not
   *     go together
   */
  public static ComputeTarget of(String engine, String device, String precision) {
    return new ComputeTarget(
        named(Engine.class, "engine", engine),
        named(Device.class, "device", device),
        Precision.asked(precision));
  }

  /**
   * The same with the precision that a training will have here. Loads native libraries.
   *
   * @throws IllegalArgumentException if the processor does not multiply what is asked for
   * @throws UnusableTargetException if engine or device cannot be had here
   */
  public ComputeTarget settled() {
    return new ComputeTarget(engine, device, Optional.of(engine.precision(this)));
  }

  /**
   * Makes sure that engine and device can be had here.
   *
   * @throws UnusableTargetException if not
   */
  public void require() {
    engine.require(device);
  }

  private static <E extends Enum<E>> E named(Class<E> kind, String what, String name) {
    List<E> all = Arrays.asList(kind.getEnumConstants());
    return all.stream()
        .filter(each -> nameOf(each).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s '%s', expected one of %s"
                        .formatted(what, name, all.stream().map(ComputeTarget::nameOf).toList())));
  }

  /** The name that {@link #of} reads. */
  public static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
