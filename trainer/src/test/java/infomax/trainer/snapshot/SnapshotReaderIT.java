package infomax.trainer.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.Digest;
import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import infomax.testing.TestingKafka;
import infomax.trainer.bench.SnapshotBenchmark;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of a real log. */
class SnapshotReaderIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  @Test
  void theBenchmarkReadsWhatItWroteAndASecondReadingHasTheSameDigest() throws Exception {
    KafkaClients clients = KAFKA.clients();
    SnapshotBenchmark.Report report =
        new SnapshotBenchmark(clients, 32, 3_000, folder.resolve("bench")).run();
    assertThat(report.images()).isEqualTo(3_000);
    assertThat(report.imagesPerSecond()).isPositive();
    assertThat(report.snapshotMebibytes()).isGreaterThan(3_000 * 3_072.0 / (1 << 20));
    assertThat(read(clients, "again")).isEqualTo(report.digest());
  }

  @Test
  void aScanThatTakesLongerThanDeletesStayFailsForThatReason() throws Exception {
    KafkaClients clients = KAFKA.clients();
    new SnapshotBenchmark(clients, 32, 200, folder.resolve("before")).run();
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topic.IMAGES.name());
    try (Admin admin = clients.admin("test")) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  topic,
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry(TopicConfig.DELETE_RETENTION_MS_CONFIG, "0"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    assertThatThrownBy(() -> read(clients, "after"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("but deletes stay in it only PT0S (delete.retention.ms)");
  }

  private Digest read(KafkaClients clients, String name) throws Exception {
    SnapshotReader.Limits limits = new SnapshotReader.Limits(32, 10_000, HoldOut.DEFAULT);
    try (TrainingSnapshot snapshot =
        new SnapshotReader(clients, limits, InstantSource.system()).read(folder.resolve(name))) {
      return snapshot.facts().digest();
    }
  }
}
