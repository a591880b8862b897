package infomax.trainer.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a training is computed by, and where.
 *
 * @param engine the library
 * @param device the processor
 * @param precision of convolutions and matrix products
 */
public record ComputeTarget(Engine engine, Device device, Precision precision) {

  /** ND4J on the CPU in single precision. */
  public static final ComputeTarget DEFAULT =
      new ComputeTarget(Engine.ND4J, Device.AUTO, Precision.FLOAT32);

  /** Refuses what no engine does. */
  public ComputeTarget {
    if (engine == Engine.ND4J && device == Device.CUDA) {
      throw new IllegalArgumentException(
          "engine nd4j computes on the CPU alone, expected engine torch for device cuda");
    }
    if (engine == Engine.ND4J && precision == Precision.BFLOAT16) {
      throw new IllegalArgumentException(
          "engine nd4j computes in float32 alone, expected engine torch for bfloat16");
    }
  }

  /**
   * The target of these names, in lower case.
   *
   * @throws IllegalArgumentException if one is unknown, naming those there are, or if they do not
   *     go together
   */
  public static ComputeTarget of(String engine, String device, String precision) {
    return new ComputeTarget(
        named(Engine.class, "engine", engine),
        named(Device.class, "device", device),
        named(Precision.class, "precision", precision));
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
