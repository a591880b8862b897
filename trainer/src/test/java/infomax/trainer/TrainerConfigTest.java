package infomax.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.engine.Device;
import infomax.trainer.engine.Engine;
import infomax.trainer.engine.Precision;
import infomax.trainer.objective.Preset;
import infomax.trainer.trigger.Triggers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Defaults, the full mapping of keys, and what is refused. */
class TrainerConfigTest {

  @Test
  void defaults() {
    TrainerConfig config = TrainerConfig.from(Settings.of(Map.of()));

    assertThat(config)
        .isEqualTo(
            new TrainerConfig(
                Path.of("data/trainer"),
                32,
                256,
                "default",
                0,
                1,
                Runtime.getRuntime().availableProcessors(),
                50_000,
                Triggers.NONE,
                ComputeTarget.DEFAULT));
  }

  @Test
  void everyKeyIsRead() {
    Settings settings =
        Settings.of(
            Map.ofEntries(
                Map.entry("trainer.path", "t"),
                Map.entry("trainer.input-size", "64"),
                Map.entry("trainer.dimensions", "128"),
                Map.entry("trainer.preset", "seed"),
                Map.entry("trainer.images-seen", "1000"),
                Map.entry("trainer.seed", "-3"),
                Map.entry("trainer.threads", "4"),
                Map.entry("trainer.snapshot-images-max", "200"),
                Map.entry("trainer.after-images", "5000"),
                Map.entry("trainer.every", "7d"),
                Map.entry("trainer.drift-max", "0.05"),
                Map.entry("trainer.engine", "torch"),
                Map.entry("trainer.device", "cpu"),
                Map.entry("trainer.precision", "bfloat16")));

    assertThat(TrainerConfig.from(settings))
        .isEqualTo(
            new TrainerConfig(
                Path.of("t"),
                64,
                128,
                "seed",
                1_000,
                -3,
                4,
                200,
                new Triggers(5_000, Duration.ofDays(7), 0.05),
                new ComputeTarget(Engine.TORCH, Device.CPU, Optional.of(Precision.BFLOAT16))));
    settings.verifyAllUsed();
  }

  @Test
  void anUnknownPresetOrInputSizeIsRefused() {
    assertThatThrownBy(() -> TrainerConfig.from(Settings.of(Map.of("trainer.preset", "best"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("expected one of " + Preset.names());
    assertThatThrownBy(() -> TrainerConfig.from(Settings.of(Map.of("trainer.input-size", "48"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("expected 32 or 64");
    assertThatThrownBy(() -> TrainerConfig.from(Settings.of(Map.of("trainer.precision", "half"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'half', expected auto, float32 or bfloat16");
    assertThatThrownBy(() -> TrainerConfig.from(Settings.of(Map.of("trainer.dimensions", "100"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("expected a multiple of 8");
    assertThatThrownBy(() -> TrainerConfig.from(Settings.of(Map.of("trainer.device", "cuda"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("expected engine torch for device cuda");
  }
}
