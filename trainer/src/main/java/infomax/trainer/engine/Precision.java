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

  /** Bfloat16 where this processor multiplies it, else single precision. */
  public static Precision fastest() {
    return BFLOAT16.isAvailable() ? BFLOAT16 : FLOAT32;
  }

  /** Whether this process can train with it. Loads native libraries. */
  public boolean isAvailable() {
    return this == FLOAT32 || library().isPresent();
  }

  /** oneDNN, if it can multiply bfloat16 here. */
  static Optional<OneDnn> library() {
    NativeLibraries.load();
    return OneDnn.forBfloat16();
  }

  /**
   * The precision of that name.
   *
   * @param name {@code float32}, {@code bfloat16} or {@code auto} for the fastest
   * @throws IllegalArgumentException if it is none of these, or cannot be had here
   */
  public static Precision named(String name) {
    if (name.equals("auto")) {
      return fastest();
    }
    Precision precision =
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
                                    .collect(Collectors.joining(" or ")))));
    precision.require();
    return precision;
  }

  /**
   * Checks that this process can train with it.
   *
   * @throws IllegalArgumentException if not
   */
  void require() {
    if (!isAvailable()) {
      throw new IllegalArgumentException(
          "this processor does not multiply bfloat16: choose float32 or auto");
    }
  }

  /** Whether {@link #named} knows the name, available here or not. Loads nothing. */
  public static boolean isName(String name) {
    return name.equals("auto") || Arrays.stream(values()).anyMatch(p -> p.text().equals(name));
  }

  /** The name in settings, releases and reports. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
