package infomax.trainer.engine;

import infomax.trainer.onednn.OneDnn;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a training's convolutions multiply. Sums, weights, moments, normalisation and everything
 * else are single precision either way, and so are the embeddings a training is asked for.
 */
public enum Precision {
  /** Single precision, on every processor. */
  FLOAT32,
  /**
   * The upper half of single precision: about twice as fast where the processor multiplies it
   * (AVX-512 BF16, AMX).
   */
  BFLOAT16;

  private static final String AUTO = "auto";

  /** Bfloat16 where this processor multiplies it, else single precision; of engine nd4j. */
  public static Precision fastest() {
    return BFLOAT16.isAvailable() ? BFLOAT16 : FLOAT32;
  }

  /** Whether engine nd4j can train with it in this process. Loads native libraries. */
  public boolean isAvailable() {
    return this == FLOAT32 || library().isPresent();
  }

  /** oneDNN, if it can multiply bfloat16 here. */
  static Optional<OneDnn> library() {
    NativeLibraries.load();
    return OneDnn.forBfloat16();
  }

  /**
   * The precision of that name, for engine nd4j.
   *
   * @param name {@code float32}, {@code bfloat16} or {@code auto} for the fastest
   * @throws IllegalArgumentException if it is none of these, or cannot be had here
   */
  public static Precision named(String name) {
    return choose(asked(name));
  }

  /** The precision asked for, or the fastest; of engine nd4j. */
  static Precision choose(Optional<Precision> asked) {
    Precision precision = asked.orElseGet(Precision::fastest);
    precision.require(precision.isAvailable());
    return precision;
  }

  /**
   * Checks that the processor can train with it.
   *
   * @param available whether it can
   * @throws IllegalArgumentException if not
   */
  void require(boolean available) {
    if (!available) {
      throw new IllegalArgumentException(
          "this processor does not multiply bfloat16: choose float32 or auto");
    }
  }

  /**
   * The precision of that name, available here or not; empty for {@code auto}. Loads nothing.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Optional<Precision> asked(String name) {
    if (name.equals(AUTO)) {
      return Optional.empty();
    }
    return Optional.of(
        Arrays.stream(values())
            .filter(value -> value.text().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "precision '%s', expected auto, %s"
                            .formatted(
                                name,
                                Arrays.stream(values())
                                    .map(Precision::text)
                                    .collect(Collectors.joining(" or "))))));
  }

  /** The name in settings, releases and reports. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
