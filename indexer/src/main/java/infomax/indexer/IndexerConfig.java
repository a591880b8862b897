package infomax.indexer;

import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.events.Topic;
import infomax.indexer.generation.IndexingSettings;
import infomax.indexer.generation.OwnShards;
import infomax.indexer.rollout.RolloutConfig;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.store.StoreLocation;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Configuration of the indexer.
 *
 * @param indexing how generations are indexed: {@code indexer.path}, {@code indexer.threads},
 *     {@code encoder.device}, {@code indexer.commit-interval}, {@code
 *     indexer.standby-commit-interval}, {@code indexer.build-commit-interval}, {@code
 *     indexer.check-interval}, {@code indexer.shard-ordinal}, {@code indexer.shard-processes},
 *     {@code encoder.public-key-file}
 * @param rollout how generations are rolled: {@code indexer.rollout.*}, {@code indexer.hnsw.*},
 *     {@code indexer.shards}, {@code indexer.vector-format}, {@code encoder.precision}
 */
public record IndexerConfig(IndexingSettings indexing, RolloutConfig rollout) {

  /**
   * Reads the settings.
   *
   * @throws ConfigurationException naming the first one that cannot be used
   */
  public static IndexerConfig from(Settings settings) {
    OwnShards shards = shards(settings);
    return new IndexerConfig(
        new IndexingSettings(
            settings.path("indexer.path", Path.of("data", "index")),
            settings.integer("indexer.threads", Runtime.getRuntime().availableProcessors(), 1, 256),
            settings.choice("encoder.device", EncoderDevice.AUTO),
            positive(
                settings, "indexer.commit-interval", StoreLocation.from(settings).commitInterval()),
            positive(settings, "indexer.standby-commit-interval", Duration.ofSeconds(2)),
            positive(settings, "indexer.build-commit-interval", Duration.ofSeconds(30)),
            positive(settings, "indexer.check-interval", Duration.ofHours(1)),
            shards,
            trust(settings)),
        RolloutConfig.from(settings, "indexer-" + shards.ordinal()));
  }

  private static OwnShards shards(Settings settings) {
    int processes = settings.integer("indexer.shard-processes", 1, 1, Topic.IMAGES.partitions());
    return new OwnShards(settings.integer("indexer.shard-ordinal", 0, 0, processes - 1), processes);
  }

  private static ReleaseTrust trust(Settings settings) {
    String key = "encoder.public-key-file";
    try {
      return ReleaseTrust.ofFile(settings.find(key).map(Path::of));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("setting " + key + ": " + e.getMessage());
    }
  }

  private static Duration positive(Settings settings, String key, Duration defaultValue) {
    Duration value = settings.duration(key, defaultValue);
    if (!value.isPositive()) {
      throw new ConfigurationException(
          "setting " + key + " is '" + value + "', expected a duration above 0");
    }
    return value;
  }
}
