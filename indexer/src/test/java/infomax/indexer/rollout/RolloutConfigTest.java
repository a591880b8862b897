package infomax.indexer.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.control.IndexParameters;
import infomax.events.control.VectorFormat;
import infomax.indexer.rollout.decision.RolloutMode;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RolloutConfigTest {

  @Test
  void nothingConfiguredIsTheDefault() {
    assertThat(RolloutConfig.from(Settings.of(Map.of()), "indexer-0"))
        .isEqualTo(RolloutConfig.DEFAULT);
  }

  @Test
  void everyKeyIsRead() {
    Settings settings =
        Settings.of(
            Map.ofEntries(
                Map.entry("indexer.rollout.instance-id", "indexer-7"),
                Map.entry("indexer.rollout.session-timeout", "6s"),
                Map.entry("indexer.rollout.heartbeat", "2s"),
                Map.entry("indexer.rollout.step-deadline", "1m"),
                Map.entry("indexer.rollout.verification-deadline", "2h"),
                Map.entry("indexer.rollout.lag-max", "5"),
                Map.entry("indexer.rollout.complete-within", "3s"),
                Map.entry("indexer.rollout.attempts-max", "2"),
                Map.entry("indexer.rollout.back-off", "1s"),
                Map.entry("indexer.rollout.keep-finished", "7d"),
                Map.entry("indexer.rollout.mode", "approval"),
                Map.entry("indexer.rollout.comparison-deadline", "0s"),
                Map.entry("indexer.hnsw.max-conn", "24"),
                Map.entry("indexer.hnsw.beam-width", "200"),
                Map.entry("indexer.shards", "4"),
                Map.entry("indexer.vector-format", "int8"),
                Map.entry("indexer.rollout.recall-floor", "0.9"),
                Map.entry("indexer.rollout.recall-queries", "500"),
                Map.entry("indexer.rollout.golden-cosine-floor", "0.99")));
    RolloutConfig config = RolloutConfig.from(settings, "indexer-0");
    settings.verifyAllUsed();
    assertThat(config.instanceId()).isEqualTo("indexer-7");
    assertThat(config.sessionTimeout()).isEqualTo(Duration.ofSeconds(6));
    assertThat(config.policy().listening()).isEqualTo(Duration.ofSeconds(6));
    assertThat(config.policy().index())
        .isEqualTo(new IndexParameters(4, 24, 200, VectorFormat.INT8));
    assertThat(config.policy().mode()).isEqualTo(RolloutMode.APPROVAL);
    assertThat(config.policy().comparisonDeadline()).isZero();
    assertThat(config.limits().recallFloor()).isEqualTo(0.9);
  }

  @Test
  void fewerThanAHundredQueriesAreNoMeasurement() {
    Settings settings = Settings.of(Map.of("indexer.rollout.recall-queries", "50"));
    assertThatThrownBy(() -> RolloutConfig.from(settings, "indexer-0"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("indexer.rollout.recall-queries");
  }

  @Test
  void whatIsNotMergedYetHasNotCaughtUp() {
    Settings settings = Settings.of(Map.of("indexer.rollout.lag-max", "10001"));
    assertThatThrownBy(() -> RolloutConfig.from(settings, "indexer-0"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("indexer.rollout.lag-max", "10000");
  }
}
