package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import infomax.events.Digest;
import infomax.events.Topic;
import infomax.events.control.IndexParameters;
import infomax.index.IndexSpec;
import infomax.index.Progress;
import infomax.index.Publications;
import infomax.index.ShardWriter;
import infomax.runtime.kafka.Topics;
import infomax.store.ObjectStore;
import infomax.testing.TestingKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Measuring a log whose ends cannot be had at times; Kafka's own stand-in fails when told to. */
final class LogMeasurementIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  @Test
  void theFirstOneHasToBeHadAndALaterOneMayBeMissed() throws Exception {
    Admin admin = KAFKA.clients().admin("test");
    TopicDescription topic = new Topics(admin).describe(Topic.IMAGES.name());
    IndexSpec spec =
        new IndexSpec(
            1,
            0,
            Digest.of(new byte[] {1}),
            4,
            topic.topicId().toString(),
            topic.partitions().size(),
            IndexParameters.DEFAULT,
            IndexSpec.FORMAT);
    Publications publications =
        new Publications(ObjectStore.open(folder.resolve("store")), InstantSource.system());
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    LogProgress progress = new LogProgress(spec.shardPartitions(), Instant.now(), Progress.START);
    try (ShardWriter writer =
            ShardWriter.open(
                publications, folder.resolve("local"), spec, InstantSource.system(), () -> {});
        ImageLog log = new ImageLog(spec, consumer, admin);
        GenerationMeters meters = new GenerationMeters(new SimpleMeterRegistry(), 1, 0)) {
      LogMeasurement measurement =
          new LogMeasurement(
              new IndexingRun.Parts(
                  writer,
                  log,
                  null,
                  null,
                  meters,
                  Optional.empty(),
                  Instant.now(),
                  Duration.ofDays(7)),
              new SharedResources(
                  null,
                  publications,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  InstantSource.system()),
              progress);
      consumer.updateEndOffsets(ends(spec, 3));
      for (int attempt = 0; attempt < 2; attempt++) {
        consumer.setOffsetsException(new TimeoutException("injected"));
        assertThatThrownBy(measurement::takeIfDue).isInstanceOf(TimeoutException.class);
      }
      measurement.takeIfDue();
      assertThat(progress.lag()).isEqualTo(3L * spec.partitions());

      consumer.setOffsetsException(new TimeoutException("injected"));
      consumer.updateEndOffsets(ends(spec, 5));
      await()
          .atMost(IndexedLog.DEADLINE)
          .untilAsserted(
              () -> {
                measurement.takeIfDue();
                assertThat(progress.lag()).isEqualTo(5L * spec.partitions());
              });
    }
  }

  private static Map<TopicPartition, Long> ends(IndexSpec spec, long end) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    spec.shardPartitions()
        .forEach(partition -> ends.put(new TopicPartition(Topic.IMAGES.name(), partition), end));
    return ends;
  }
}
