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
    long anEighth = Math.max(10 << 20, Runtime.getRuntime().maxMemory() / 8);
    assertThat(IngestConfig.from(Settings.of(Map.of())))
        .isEqualTo(
            new IngestConfig("0", 2, 2, Duration.ofSeconds(30), anEighth, Duration.ofSeconds(30)));
  }

  @Test
  void everySettingIsRead() {
    Settings settings =
        Settings.of(
            Map.of(
                "ingest.instance", "b",
                "ingest.stream-threads", "3",
                "ingest.decodes-at-once", "4",
                "ingest.acknowledge-timeout", "5s",
                "ingest.http-bytes", "20000000",
                "ingest.http-patience", "10s"));
    assertThat(IngestConfig.from(settings))
        .isEqualTo(
            new IngestConfig("b", 3, 4, Duration.ofSeconds(5), 20_000_000, Duration.ofSeconds(10)));
    settings.verifyAllUsed();
  }

  @Test
  void impossibleSettingsAreRefused() {
    assertThatThrownBy(() -> IngestConfig.from(Settings.of(Map.of("ingest.stream-threads", "0"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("ingest.stream-threads");
  }
}
