package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.encoder.Encoder;
import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.store.StoreLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The settings of the service: defaults, keys, and what is refused. */
final class SearchConfigTest {

  @Test
  void hasDefaults() {
    SearchConfig config = SearchConfig.from(Settings.of(Map.of()));
    assertThat(config.pollInterval()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.heartbeatInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.encoder().threads()).isEqualTo(1);
    assertThat(config.contentReaders()).isEqualTo(4);
  }

  @Test
  void looksLessOftenIntoABucket() {
    Settings settings = Settings.of(Map.of("objects.url", "s3://bucket/prefix"));
    assertThat(SearchConfig.from(settings).pollInterval()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void readsEveryKey() {
    Settings settings =
        Settings.of(
            Map.ofEntries(
                Map.entry("objects.path", "/o"),
                Map.entry("search.cache", "/c"),
                Map.entry("search.poll-interval", "1s"),
                Map.entry("search.heartbeat-interval", "2s"),
                Map.entry("encoder.device", "cuda"),
                Map.entry("search.encoder-threads", "3"),
                Map.entry("search.at-once", "4"),
                Map.entry("search.http-bytes", "20000000"),
                Map.entry("search.decodes-at-once", "5"),
                Map.entry("search.past-publications", "9"),
                Map.entry("search.content-readers", "6"),
                Map.entry("search.content-cache-bytes", "7"),
                Map.entry("search.recall-interval", "8s"),
                Map.entry("search.shadow-queries", "11")));
    assertThat(SearchConfig.from(settings))
        .isEqualTo(
            new SearchConfig(
                new StoreLocation.InFolder(Path.of("/o")),
                Path.of("/c"),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                new Encoder.Execution(EncoderDevice.CUDA, 3),
                4,
                20_000_000,
                5,
                9,
                6,
                7,
                Duration.ofSeconds(8),
                11,
                ReleaseTrust.anybody()));
    settings.verifyAllUsed();
  }

  @Test
  void refusesAKeyItDoesNotKnow() {
    Settings settings = Settings.of(Map.of("search.at-onse", "4"));
    SearchConfig.from(settings);
    assertThatThrownBy(settings::verifyAllUsed)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("search.at-once");
  }
}
