package infomax.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class IngestConfigTest {

  @Test
  void everySettingHasADefault() {
    assertThat(IngestConfig.from(Settings.of(Map.of())))
        .isEqualTo(new IngestConfig("0", 2, 2, Duration.ofSeconds(30)));
  }

  @Test
  void everySettingIsRead() {
    Settings settings =
        Settings.of(
            Map.of(
                "ingest.instance", "b",
                "ingest.stream-threads", "3",
                "ingest.decodes-at-once", "4",
                "ingest.acknowledge-timeout", "5s"));
    assertThat(IngestConfig.from(settings))
        .isEqualTo(new IngestConfig("b", 3, 4, Duration.ofSeconds(5)));
    settings.verifyAllUsed();
  }

  @Test
  void impossibleSettingsAreRefused() {
    assertThatThrownBy(() -> IngestConfig.from(Settings.of(Map.of("ingest.stream-threads", "0"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("ingest.stream-threads");
  }
}
