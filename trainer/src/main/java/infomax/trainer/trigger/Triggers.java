package infomax.trainer.trigger;

import java.time.Duration;

/**
 * When to train without being asked.
 *
 * @param afterImages after this many new images; 0 for never ({@code trainer.after-images})
 * @param every this long after the last training was asked for or released; 0 for never ({@code
 *     trainer.every})
 * @param driftMax when the {@linkplain infomax.trainer.statistics.EnergyCoefficient energy
 *     coefficient} of the newest images against the live encoder's snapshot is above this, 0 to 1;
 *     0 for never ({@code trainer.drift-max})
 */
public record Triggers(long afterImages, Duration every, double driftMax) {

  /** On request only. */
  public static final Triggers NONE = new Triggers(0, Duration.ZERO, 0);

  /** Validates the numbers. */
  public Triggers {
    if (afterImages < 0 || every.isNegative() || !(driftMax >= 0 && driftMax <= 1)) {
      throw new IllegalArgumentException(
          "after %d images, every %s, drift %s: expected 0 or more, a drift of at most 1"
              .formatted(afterImages, every, driftMax));
    }
  }
}
