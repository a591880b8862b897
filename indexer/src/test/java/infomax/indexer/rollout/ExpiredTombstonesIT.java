package infomax.indexer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.events.Topic;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.index.Manifest;
import infomax.indexer.IndexerConfig;
import infomax.indexer.IndexerService;
import infomax.indexer.generation.IndexingSettings;
import infomax.indexer.generation.OwnShards;
import infomax.runtime.health.Health;
import infomax.runtime.tracing.Tracing;
import infomax.testing.TestingKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole indexer that was away for longer than the log keeps deletes. The clock-driven parts run
 * always: {@code FaultsIT}, {@code LogProgressTest}, {@code RolloutDecisionsTest}.
 */
@Tag("soak")
class ExpiredTombstonesIT {

  private static final Duration RETENTION = Duration.ofSeconds(5);
  private static final Duration INTERVAL = Duration.ofMillis(200);

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  @Test
  void theLiveGenerationIsReplacedByAFreshOneOfTheSameEncoder() throws Exception {
    RollingWorld world = new RollingWorld(KAFKA.clients(), folder, 20_261_127, false);
    try {
      world.release(0, Verdict.UNTRAINED);
      try (IndexerService _ = start(world, new Health())) {
        world.awaitState(1, GenerationState.LIVE);
      }
      Manifest left = world.publications.latest(1, 0).orElseThrow();
      Instant complete = Collections.max(left.completeAsOf().values());
      keepTombstones(RETENTION);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> Instant.now().isAfter(complete.plus(RETENTION)));

      Health health = new Health();
      try (IndexerService _ = start(world, health)) {
        IndexGeneration fresh =
            world.await(state -> state.generations().containsKey(2)).generations().get(2);
        // The fresh one need not hurry.
        keepTombstones(Duration.ofDays(7));
        assertThat(fresh.encoderVersion()).isZero();
        assertThat(fresh.history().getFirst().reason())
            .contains("live generation 1 is not indexed any more")
            .contains("tombstones are kept for PT5S");
        world.await(state -> state.live().filter(live -> live.number() > 1).isPresent());
      }
    } finally {
      world.close();
    }
  }

  private IndexerService start(RollingWorld world, Health health) throws Exception {
    return IndexerService.start(
        new IndexerConfig(
            new IndexingSettings(
                folder.resolve("local"),
                2,
                EncoderDevice.CPU,
                INTERVAL,
                INTERVAL,
                INTERVAL,
                Duration.ofHours(1),
                OwnShards.ALL,
                ReleaseTrust.anybody()),
            ControllerProcess.config("a")),
        world.clients,
        world.store,
        new SimpleMeterRegistry(),
        Tracing.OFF,
        health);
  }

  private static void keepTombstones(Duration retention) throws Exception {
    Collection<AlterConfigOp> change =
        List.of(
            new AlterConfigOp(
                new ConfigEntry(
                    TopicConfig.DELETE_RETENTION_MS_CONFIG, Long.toString(retention.toMillis())),
                OpType.SET));
    try (Admin admin = KAFKA.clients().admin("test-retention")) {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.TOPIC, Topic.IMAGES.name()), change))
          .all()
          .get();
    }
  }
}
