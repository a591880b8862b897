package infomax.trainer;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Preset;
import infomax.trainer.training.TrainingOrder;
import infomax.trainer.trigger.Triggers;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Configuration of the trainer.
 *
 * @param folder where running trainings keep snapshot and checkpoint ({@code trainer.path})
 * @param inputSize side of the encoders' input in pixels, 32 or 64 ({@code trainer.input-size})
 * @param dimensions length of their embeddings, 64 to 512 ({@code trainer.dimensions})
 * @param preset preset of requests that name none ({@code trainer.preset})
 * @param imagesSeen images a training sees unless its request says otherwise; 0 for what suits the
 *     preset ({@code trainer.images-seen})
 * @param seed of the untrained network, and of trainings whose request names none ({@code
 *     trainer.seed})
 * @param threads threads of steps and inference ({@code trainer.threads})
 * @param snapshotImagesMax most images in a snapshot ({@code trainer.snapshot-images-max})
 * @param triggers when the trainer trains without being asked
 * @param target what computes trainings, where and in which precision ({@code trainer.engine},
 *     {@code trainer.device}, {@code trainer.precision})
 */
public record TrainerConfig(
    Path folder,
    int inputSize,
    int dimensions,
    String preset,
    long imagesSeen,
    long seed,
    int threads,
    int snapshotImagesMax,
    Triggers triggers,
    ComputeTarget target) {

  /** Both networks can halve it often enough, and vectors stay aligned. */
  private static final int DIMENSIONS_STEP = 8;

  private static final int SNAPSHOT_IMAGES_MAX = 1_000_000;

  /** Validates input size and preset. */
  public TrainerConfig {
    if (inputSize != 32 && inputSize != 64) {
      throw new ConfigurationException(
          "setting trainer.input-size is '" + inputSize + "', expected 32 or 64");
    }
    if (dimensions % DIMENSIONS_STEP != 0) {
      throw new ConfigurationException(
          "setting trainer.dimensions is '%d', expected a multiple of %d"
              .formatted(dimensions, DIMENSIONS_STEP));
    }
    try {
      Preset.named(preset);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("setting trainer.preset: " + e.getMessage());
    }
  }

  /**
   * Reads the settings.
   *
   * @throws ConfigurationException naming the first one that cannot be used
   */
  public static TrainerConfig from(Settings settings) {
    return new TrainerConfig(
        settings.path("trainer.path", Path.of("data", "trainer")),
        settings.integer("trainer.input-size", 32, 32, 64),
        settings.integer("trainer.dimensions", NetworkShape.DEFAULT_DIMENSIONS, 64, 512),
        settings.text("trainer.preset", "default"),
        settings.whole("trainer.images-seen", 0, 0, TrainingOrder.IMAGES_SEEN_MAX),
        settings.whole("trainer.seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
        settings.integer("trainer.threads", Runtime.getRuntime().availableProcessors(), 1, 256),
        settings.integer("trainer.snapshot-images-max", 50_000, 100, SNAPSHOT_IMAGES_MAX),
        new Triggers(
            settings.whole("trainer.after-images", 0, 0, Long.MAX_VALUE),
            settings.duration("trainer.every", Duration.ZERO),
            settings.decimal("trainer.drift-max", 0, 0, 1)),
        target(settings));
  }

  private static ComputeTarget target(Settings settings) {
    try {
      return ComputeTarget.of(
          settings.text("trainer.engine", "nd4j"),
          settings.text("trainer.device", "auto"),
          settings.text("trainer.precision", "auto"));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("setting trainer." + e.getMessage());
    }
  }

  /** The encoders' shape. */
  NetworkShape shape() {
    return new NetworkShape(inputSize, dimensions);
  }

  /** What a training is like unless its request says otherwise. */
  TrainingOrder.Defaults defaults() {
    return new TrainingOrder.Defaults(preset, imagesSeen, seed);
  }
}
